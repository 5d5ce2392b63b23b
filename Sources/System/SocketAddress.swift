import Glibc

/// Where a program of this computer listens: the path of a socket, or a name after `@` that has no file (unix(7)).
package struct SocketAddress: Sendable {
    private var address = sockaddr_un()
    private var length = socklen_t(MemoryLayout<sockaddr_un>.size)

    /// - Returns: `nil` for a path that is too long for one.
    package init?(_ path: String) {
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        guard path.hasPrefix("@") else { return }
        address.sun_path.0 = 0
        // Such a name has no end of its own.
        length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count)
    }

    /// Where PipeWire listens, if it runs.
    ///
    /// - Parameter environment: of the process; `PIPEWIRE_RUNTIME_DIR`, `XDG_RUNTIME_DIR` and `PIPEWIRE_REMOTE` are read.
    /// - Returns: `nil` where nothing says in which folder that would be.
    package static func pipeWire(_ environment: [String: String]) -> String? {
        let name = environment["PIPEWIRE_REMOTE"] ?? "pipewire-0"
        guard !name.hasPrefix("/") else { return name }
        let folder = environment["PIPEWIRE_RUNTIME_DIR"] ?? environment["XDG_RUNTIME_DIR"] ?? ""
        return folder.isEmpty ? nil : "\(folder)/\(name)"
    }

    /// Whether a program listens at `path` now: one that was killed leaves its socket behind.
    package static func isListening(_ path: String) -> Bool {
        guard let address = SocketAddress(path), address.connected(SOCK_STREAM) != nil else { return false }
        return true
    }

    /// - Parameter kind: `SOCK_STREAM` or `SOCK_DGRAM`.
    /// - Returns: a connection, which programs that are started do not inherit; `nil` where nobody listens.
    package func connected(_ kind: __socket_type) -> OwnedDescriptor? {
        let descriptor = socket(AF_UNIX, CInt(kind.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let connection = OwnedDescriptor(taking: descriptor)
        guard withPointer({ connect(descriptor, $0, $1) }) == 0 else { return nil }
        return connection
    }

    /// The address as the socket calls take it.
    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
