import Foundation
import Glibc
import Testing

/// An X server of our own, with a screen that nobody looks at; gone with the value.
final class XServer {
    /// What `DISPLAY` has to be.
    let display: String
    private let process: Process

    /// - Returns: `nil`, after saying so, where Xvfb is not installed.
    init?() throws {
        let answer = Pipe.ofOurOwn()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"]
        process.standardOutput = answer
        process.standardError = FileHandle.nullDevice
        try process.run()
        // A line once it listens; nothing where there is no such program.
        let number = String(decoding: answer.fileHandleForReading.availableData, as: UTF8.self)
        guard let number = number.split(separator: "\n").first else {
            print("skipping a test that needs an X server: Xvfb is not installed")
            return nil
        }
        display = ":\(number)"
    }

    /// As if it had crashed.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill() } }
}
