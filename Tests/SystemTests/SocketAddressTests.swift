import Glibc
import TestSupport
import Testing

@testable import System

@Suite("Addresses of sockets")
struct SocketAddressTests {
    /// One that was left behind is there, and nobody listens.
    @Test func tellsWhoListens() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("socket")
        #expect(!SocketAddress.isListening(path))
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let address = try #require(SocketAddress(path))
        try #require(address.withPointer { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
        #expect(SocketAddress.isListening(path))
        close(listener)
        #expect(access(path, F_OK) == 0 && !SocketAddress.isListening(path))
        #expect(SocketAddress(String(repeating: "x", count: 108)) == nil)
    }

    @Test(
        arguments: [
            ([:], nil), (["XDG_RUNTIME_DIR": "/run/user/7"], "/run/user/7/pipewire-0"),
            (["XDG_RUNTIME_DIR": "/run/user/7", "PIPEWIRE_RUNTIME_DIR": "/run"], "/run/pipewire-0"),
            (["XDG_RUNTIME_DIR": "/run/user/7", "PIPEWIRE_REMOTE": "mine"], "/run/user/7/mine"),
            (["PIPEWIRE_REMOTE": "/tmp/mine"], "/tmp/mine"),
        ] as [([String: String], String?)])
    func knowsWherePipeWireListens(_ environment: [String: String], _ path: String?) {
        #expect(SocketAddress.pipeWire(environment) == path)
    }
}
