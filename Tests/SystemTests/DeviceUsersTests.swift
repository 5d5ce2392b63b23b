import Foundation
import TestSupport
import Testing

@testable import System

@Suite("Who has a device open", .timeLimit(.minutes(5)))
struct DeviceUsersTests {
    @Test func namesThemByProcessNumber() throws {
        let processes = try TemporaryFolder()
        func process(_ number: Int, _ name: String, opening targets: [String]) throws {
            let folder = processes.path("\(number)")
            try makeFolder("\(folder)/fd")
            try writeFile("\(name)\n".utf8, to: "\(folder)/comm")
            for (index, target) in targets.enumerated() {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/fd/\(index)", withDestinationPath: target)
            }
        }
        let elsewhere = processes.path("full")
        try FileManager.default.createSymbolicLink(atPath: elsewhere, withDestinationPath: "/dev/full")
        try process(31, "zoom", opening: ["/dev/null", "/dev/full", "/dev/full"])
        try process(4, "pipewire", opening: ["socket:[12]", "/dev/full", "/dev/zero", "/dev/none"])
        try process(5, "vim", opening: [elsewhere, "/dev"])
        let users = DeviceUsers(processes: processes.url.path)
        #expect(users.of("/dev/full").map(\.description) == ["pipewire (4)", "zoom (31)"])
        #expect(users.of(elsewhere) == users.of("/dev/full"), "a link to a device is that device")
        #expect(users.of("/dev/zero").map(\.name) == ["pipewire"])
        #expect(users.of("/dev/none").isEmpty && users.of("/dev").isEmpty && users.of("/dev/random").isEmpty)
        #expect(DeviceUsers(processes: "/none").of("/dev/full").isEmpty)
    }

    @Test func findsARealProcess() throws {
        let child = try ChildProcess(
            "/bin/sh", arguments: ["-c", "exec 3</dev/full; echo; exec sleep 5"], pipe: .standardOutput,
            searchPath: testSearchPath)
        var byte: UInt8 = 0
        try #require(read(child.descriptor, &byte, 1) == 1)
        let users = DeviceUsers().of("/dev/full")
        child.terminate()
        #expect(users.contains { ["sleep", "sh", "dash"].contains($0.name) }, "\(users)")
        #expect(DeviceUsers().of("/nowhere").isEmpty)
    }
}
