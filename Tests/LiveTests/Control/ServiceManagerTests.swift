import Foundation
import Glibc
import Synchronization
import System
import TestSupport
import Testing

@testable import Live

@Suite("Whoever has started the program as a service", .timeLimit(.minutes(5)))
struct ServiceManagerTests {
    /// A socket as a service manager has one.
    private final class Listener {
        private let descriptor: CInt

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            let address = try #require(SocketAddress(path))
            try #require(address.withPointer { bind(descriptor, $0, $1) } == 0)
            var time = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func next() -> String {
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func isToldHowTheRunGoes() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path("notify"), "@puppet-test-\(getpid())"] {
            let listener = try Listener(path)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
            manager.begin { _ in Issue.record("no sign of life is wanted") }
            manager.say("asleep")
            manager.end()
            #expect([listener.next(), listener.next(), listener.next()] == ["READY=1", "STATUS=asleep", "STOPPING=1"])
        }
    }

    @Test func signsOfLifeComeFromTheRun() throws {
        let folder = try TemporaryFolder()
        let listener = try Listener(folder.path("notify"))
        let environment = [
            "NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "20000", "WATCHDOG_PID": "\(getpid())",
        ]
        let manager = try #require(ServiceManager(environment: environment))
        let hangs = Atomic(false)
        let asked = Atomic(0)
        manager.begin { proved in
            asked.add(1, ordering: .relaxed)
            if !hangs.load(ordering: .relaxed) { proved() }
        }
        #expect([listener.next(), listener.next(), listener.next()] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"])
        hangs.store(true, ordering: .relaxed)
        let before = asked.load(ordering: .relaxed)
        try waitUntil("it is asked again") { asked.load(ordering: .relaxed) > before + 2 }
        manager.end()
        var said = ""
        while said != "STOPPING=1" {
            said = listener.next()
            #expect(["WATCHDOG=1", "STOPPING=1"].contains(said))
        }
    }

    @Test(arguments: [
        [:], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/nonexistent/notify"],
        ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
    ])
    func whereNobodyListensNothingIsSaid(_ environment: [String: String]) {
        #expect(ServiceManager(environment: environment) == nil)
    }
}
