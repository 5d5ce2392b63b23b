import Foundation
import Glibc
import System
import SystemPackage
import TestSupport

/// The built program, run as its user would run it: arguments, a folder to be in, and what it printed.
final class PuppetProcess {
    enum Ending: Equatable {
        case exited(Int)
        case killed(signal: Int)
        case timedOut
    }

    /// What a run that has ended leaves.
    struct Result {
        let ending: Ending
        let output: [UInt8]
        let errors: String
        /// The most memory it held at once, in bytes; what it took in its last millisecond may be missing.
        let peakMemory: Int

        /// Lines of standard error but for the summary of a run.
        var complaints: [Substring] {
            errors.split(separator: "\n").filter { line in
                line.prefixMatch(of: /puppet: (\d+ frames in |.+: \d+ pictures? |.+: \d+ frames?, )/) == nil
            }
        }

        /// Standard error without its last line feed, if it is one line.
        var line: String? {
            errors.hasSuffix("\n") && errors.dropLast().allSatisfy { !$0.isNewline } ? String(errors.dropLast()) : nil
        }
    }

    let process: pid_t
    private let outputPath: String
    private let errorPath: String
    private var hasEnded = false
    /// Ends what hangs, also while a test reads from it.
    private let watchdog: DispatchWorkItem

    /// - Parameters:
    ///   - folder: the working folder; captured output goes to two hidden files in it.
    ///   - input: descriptor for standard input; `nil` is `/dev/null`.
    ///   - output: descriptor for standard output; `nil` captures it.
    ///   - errors: descriptor for standard error; `nil` captures it.
    ///   - environment: the whole of it, beside `PATH`.
    init(
        _ arguments: [String], in folder: String, input: CInt? = nil, output: CInt? = nil, errors: CInt? = nil,
        environment: [String: String] = [:]
    ) throws {
        let stem = "\(folder)/.run-\(UUID().uuidString)"
        (outputPath, errorPath) = (stem + ".out", stem + ".err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let captured = O_WRONLY | O_CREAT | O_TRUNC
        for (descriptor, target, path, flags) in [
            (input, STDIN_FILENO, "/dev/null", O_RDONLY), (output, STDOUT_FILENO, outputPath, captured),
            (errors, STDERR_FILENO, errorPath, captured),
        ] {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, path, flags, 0o600)
            }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = environment.merging(["PATH": path]) { given, _ in given }.map { "\($0)=\($1)" }
        // The C library's way to start a program in another folder is hidden from Swift; a shell's is not.
        let shell = ["/bin/sh", "-c", #"cd "$1" && shift && exec "$@""#, "sh", folder, Self.program]
        var argumentStrings = (shell + arguments).map { $0.withFileName { strdup($0) } } + [nil]
        var variableStrings = variables.map { strdup($0) } + [nil]
        defer { for string in argumentStrings + variableStrings { free(string) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, shell[0], &actions, &attributes, &argumentStrings, &variableStrings)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        self.process = process
        watchdog = DispatchWorkItem { [process] in kill(process, SIGKILL) }
        DispatchQueue(label: "watchdog").asyncAfter(deadline: .now() + 300, execute: watchdog)
    }

    /// Not `ru_maxrss`: that of a child begins with the memory of who starts it.
    private var peakMemorySoFar: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        // Until it becomes puppet it is a shell, or this process once more.
        guard status.hasPrefix("Name:\tpuppet\n"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return 0 }
        return 1024 * (Int(line.filter(\.isNumber)) ?? 0)
    }

    deinit {
        if !hasEnded { _ = try? wait(seconds: 0) }
    }

    /// What it has written to standard error, while it runs.
    var errorsSoFar: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    /// Kills a program of that name which it has started.
    func killChild(_ name: String) throws {
        let folder = "/proc/\(process)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let children = threads.flatMap { thread in
            ((try? String(contentsOfFile: "\(folder)/\(thread)/children", encoding: .utf8)) ?? "").split(separator: " ")
        }
        let named = children.filter {
            (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)) == name + "\n"
        }
        guard let child = named.first.flatMap({ pid_t($0) }) else { throw Errno.noSuchProcess }
        kill(child, SIGKILL)
    }

    func send(_ signal: CInt) { kill(process, signal) }

    /// Waits until Ctrl-C no longer simply ends the program.
    func waitForSignalHandlers() throws {
        try waitUntil("\(process) handles SIGINT") {
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
            let caught = Int(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) ?? 0
            // The shell that starts the program may catch it, too.
            return status.hasPrefix("Name:\tpuppet\n") && caught & (1 << (Int(SIGINT) - 1)) != 0
        }
        usleep(20_000)  // those of the other signals follow directly
    }

    /// - Parameter seconds: after these the process is killed.
    func wait(seconds: Double = 60) throws -> Result {
        let deadline = MonotonicTime.now
        var (status, peak) = (CInt(0), 0)
        var isLate = false
        while waitpid(process, &status, isLate ? 0 : WNOHANG) == 0 {
            peak = max(peak, peakMemorySoFar)
            if MonotonicTime.now.milliseconds(since: deadline) > seconds * 1000 {
                isLate = true
                send(SIGKILL)
            } else {
                usleep(500)
            }
        }
        watchdog.cancel()
        hasEnded = true
        let signal = Int(status & 0x7F)
        let ending: Ending =
            isLate ? .timedOut : signal == 0 ? .exited(Int(status >> 8) & 0xFF) : .killed(signal: signal)
        defer { for path in [outputPath, errorPath] { unlink(path) } }
        return Result(
            ending: ending, output: (try? Data(contentsOf: URL(fileURLWithPath: outputPath))).map { Array($0) } ?? [],
            errors: (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "",
            peakMemory: peak)
    }

    /// `puppet`, beside the bundle that holds the tests.
    private static let program: String = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(), bundle]
        let found = places.map { $0.appendingPathComponent("puppet").path }.first { access($0, X_OK) == 0 }
        guard let found else { preconditionFailure("no puppet in \(places.map(\.path)): build it first") }
        return found
    }()
}

extension Pipe {
    /// A pipe that children only get when it is given to them: one that held the writing end of its own input would never
    /// see the input's end.
    static func ofOurOwn() -> Pipe {
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }
}
