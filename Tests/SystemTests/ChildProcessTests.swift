import Glibc
import TestSupport
import Testing

@testable import System

@Suite("Child processes", .timeLimit(.minutes(5)))
struct ChildProcessTests {
    private func shell(_ script: String, pipe: ChildProcess.Pipe = .standardOutput) throws -> ChildProcess {
        try ChildProcess("/bin/sh", arguments: ["-c", script], pipe: pipe, searchPath: testSearchPath)
    }

    @Test func findsProgramsAsAShellWould() throws {
        let folder = try TemporaryFolder()
        try writeScript("exit 0", to: folder.path("tool"))
        try writeFile("no program".utf8, to: folder.path("data"))
        let searchPath = "/nonexistent:\(folder.path(""))"
        #expect(ChildProcess.find("tool", searchPath: searchPath)?.hasSuffix("/tool") == true)
        #expect(ChildProcess.find("data", searchPath: searchPath) == nil, "it is not executable")
        #expect(ChildProcess.find("tool", searchPath: "") == nil)
    }

    @Test func readsOutputAndExitCode() throws {
        let child = try shell("printf hello; echo first >&2; echo last >&2; exit 3")
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = try buffer.withUnsafeMutableBytes { try readAll(into: $0, from: child.descriptor) }
        #expect(buffer.prefix(count) == Array("hello".utf8)[...])
        #expect(child.wait(seconds: 60) == .exited(3))
        #expect(child.lastComplaint == "last")
    }

    @Test func ofFFmpegTheReasonAndNotTheConsequence() throws {
        let child = try shell(
            "echo '[mov,mp4 @ 0x55d0c0] moov atom not found' >&2; "
                + "echo 'file:x.mp4: Invalid data found when processing input' >&2; exit 1")
        #expect(child.wait(seconds: 60) == .exited(1))
        #expect(child.ffmpegReason == "moov atom not found")
        let silent = try shell("exit 1")
        #expect(silent.wait(seconds: 60) == .exited(1))
        #expect(silent.ffmpegReason == nil)
    }

    @Test func manyComplaintsDoNotBlock() throws {
        let child = try shell("i=0; while [ $i -lt 20000 ]; do echo complaint number $i >&2; i=$((i+1)); done")
        #expect(child.wait(seconds: 60) == .exited(0), "a pipe holds 64 KiB: without a reader the child would hang")
        #expect(child.lastComplaint == "complaint number 19999")
    }

    @Test func inputEndsWhenThePipeCloses() throws {
        sigpipeIsIgnored
        // Two at once: neither may hold the other's pipe open.
        let children = try (0..<2).map { _ in try shell("cat >/dev/null; exit 7", pipe: .standardInput) }
        for child in children {
            try Array("data".utf8).withUnsafeBytes { try writeAll($0, to: child.descriptor) }
            child.closePipe()
            #expect(child.descriptor == -1)
            #expect(child.wait(seconds: 60) == .exited(7))
        }
    }

    @Test func isKilledAndReapedWithItsValue() throws {
        var buffer = [UInt8](repeating: 0, count: 16)
        var process: pid_t = 0
        do {
            let child = try shell("echo $$; exec sleep 1000")
            let count = try buffer.withUnsafeMutableBytes { try readAll(into: $0, from: child.descriptor, atLeast: 2) }
            process = try #require(pid_t(String(decoding: buffer.prefix(count).dropLast(), as: UTF8.self)))
            #expect(kill(process, 0) == 0, "it runs while the value lives")
        }
        #expect(kill(process, 0) == -1 && errno == ESRCH, "neither running nor a zombie")
    }

    @Test func signalsAreTold() throws {
        #expect(try shell("kill -9 $$").wait(seconds: 60) == .killed(signal: 9))
        #expect("\(ChildProcess.Ending.killed(signal: 9))" == "it was ended by signal 9")
    }

    @Test func cannotStart() {
        #expect(
            failureLine {
                _ = try ChildProcess("/nonexistent/tool", arguments: [], pipe: .standardOutput, searchPath: "")
            } == "No such file or directory")
    }
}
