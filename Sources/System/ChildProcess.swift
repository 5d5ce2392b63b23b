import Dispatch
import Glibc
import Synchronization
import SystemPackage

/// Another program with one pipe between it and us. It never outlives the value: ending the value kills and reaps it.
///
/// The child gets no descriptor of ours but that pipe, default signals, its own process group (so that Ctrl-C in a
/// terminal reaches us alone, and we end the child in order) and an environment of `PATH`, `LC_ALL=C` and what it is given.
/// One queue owns a value.
package final class ChildProcess {
    /// Which end of the child the pipe leads to; the child's other one is `/dev/null`.
    package enum Pipe: Sendable {
        case standardInput, standardOutput
    }

    package enum Ending: Equatable, Sendable, CustomStringConvertible {
        case exited(Int)
        case killed(signal: Int)

        package var description: String {
            switch self {
            case .exited(let code): "it ended with exit code \(code)"
            case .killed(let signal): "it was ended by signal \(signal)"
            }
        }
    }

    private static let starting = Mutex(())
    /// Its number, which is its process group's too.
    package let process: pid_t
    private var pipe: OwnedDescriptor?
    private let complaints: Complaints
    private var ending: Ending?

    /// Where `program` is, found as a shell would.
    ///
    /// - Parameter searchPath: folders with `:` between them, the value of `PATH`.
    package static func find(_ program: String, searchPath: String) -> String? {
        searchPath.split(separator: ":").lazy.map { "\($0)/\(program)" }.first { path in
            (try? FileKind(path: path)) == .regular && access(path, X_OK) == 0
        }
    }

    /// Starts the program at the path `executable`.
    ///
    /// - Parameter environment: what it gets beside `PATH` and `LC_ALL`.
    /// - Throws: why it could not be started.
    package init(
        _ executable: String, arguments: [String], pipe end: Pipe, searchPath: String,
        environment: [String: String] = [:]
    ) throws(Errno) {
        // Swift does not see pipe2(): between pipe() and close-on-exec another start could let its child inherit the
        // ends, and a child that holds the writing end of its own input never sees the input's end.
        let started = Self.starting.withLock { _ in
            Result { () throws(Errno) in
                let data = try PipeEnds()
                let errors = try PipeEnds()
                let toChild = end == .standardInput
                let process = try Self.spawn(
                    executable, arguments,
                    environment: ["PATH=\(searchPath)", "LC_ALL=C"] + environment.map { "\($0)=\($1)" },
                    input: toChild ? data.reading.rawValue : nil, output: toChild ? nil : data.writing.rawValue,
                    errors: errors.writing.rawValue)
                let ours = toChild ? data.takeWriting() : data.takeReading()
                return (process: process, pipe: ours.release(), errors: errors.takeReading().release())
            }
        }
        let ends = try started.get()
        process = ends.process
        pipe = OwnedDescriptor(taking: ends.pipe)
        complaints = Complaints(on: OwnedDescriptor(taking: ends.errors))
    }

    deinit { terminate() }

    /// Our end of the pipe, -1 after ``closePipe()``.
    package var descriptor: CInt { pipe?.rawValue ?? -1 }

    /// The last line that the child wrote to its standard error; complete once the child has ended.
    package var lastComplaint: String? { complaints.last }

    /// Of what ffmpeg wrote to its standard error the line that says why: the last one of the first that names no mere
    /// consequence, without the part of ffmpeg that it comes from.
    package var ffmpegReason: String? {
        let consequences = [
            "Invalid data found when processing input", "Conversion failed!", "Error opening input",
            "Error marking filters as finished", "Error initializing output stream", "Error while decoding stream",
            "Error while processing the decoded data", "Error submitting packet to decoder", "Error opening output",
            "Could not write header", "Cannot determine format of input stream", ": Invalid argument",
            "av_interleaved_write_frame()", "Error writing trailer", "Error while opening encoder",
            "Output file #0 does not contain any stream", "Nothing was written into output file", "To ignore this, add",
        ]
        let reasons = complaints.beginning.map { $0.replacing(#/^\[[^\]]+ @ 0x[0-9a-f]+\] /#, with: "") }
        return reasons.last { reason in !consequences.contains { reason.contains($0) } } ?? lastComplaint
    }

    /// A child that reads sees the end of its input; a child that writes gets SIGPIPE.
    package func closePipe() { pipe = nil }

    /// Waits for the child to end by itself and reaps it.
    package func wait() -> Ending {
        if let ending { return ending }
        var status: CInt = 0
        let result = try? systemCall { waitpid(process, &status, 0) }
        // waitpid() can only fail if somebody else reaped the child; then it has ended too.
        let signal = Int(status & 0x7F)
        let ending = result == nil || signal == 0 ? Ending.exited(Int(status >> 8) & 0xFF) : .killed(signal: signal)
        self.ending = ending
        complaints.waitForEnd()
        return ending
    }

    /// Kills the child, and what it has started, and reaps it. Does nothing if it has ended.
    package func terminate() {
        guard ending == nil else { return }
        closePipe()
        kill(-process, SIGKILL)
        _ = wait()
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], environment: [String], input: CInt?, output: CInt?, errors: CInt
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (source, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }

        let attributes = SpawnAttributes(ownGroup: true)
        let argumentStrings = CStrings([executable] + arguments)
        let environmentStrings = CStrings(environment)
        var process: pid_t = 0
        let failure = withUnsafePointer(to: attributes.value) {
            posix_spawn(
                &process, executable, &actions, $0, argumentStrings.pointers, environmentStrings.pointers)
        }
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return process
    }
}

/// Reads a child's standard error on a thread of its own, so that the child can never block on it, and keeps the end.
private final class Complaints: Sendable {
    private static let (kept, keptOfBeginning) = (4096, 1024)
    private let text = Mutex<[UInt8]>([])
    private let start = Mutex<[UInt8]>([])
    private let finished = DispatchSemaphore(value: 0)

    init(on descriptor: consuming OwnedDescriptor) {
        let descriptor = descriptor.release()
        DispatchQueue(label: "puppet.child-errors").async { [self] in
            drain(OwnedDescriptor(taking: descriptor))
            finished.signal()
        }
    }

    /// The last line that is not blank.
    var last: String? { Self.lines(text.withLock { $0 }).last }

    /// The first lines that are not blank.
    var beginning: [String] { Self.lines(start.withLock { $0 }) }

    private static func lines(_ text: [UInt8]) -> [String] {
        text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .filter { !$0.allSatisfy { $0 == UInt8(ascii: " ") } }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Not for ever: a process that the child left behind may hold its standard error open.
    func waitForEnd() { _ = finished.wait(timeout: .now() + .seconds(1)) }

    private func drain(_ source: borrowing OwnedDescriptor) {
        var chunk = [UInt8](repeating: 0, count: Self.kept)
        while let count = try? systemCall({ read(source.rawValue, &chunk, chunk.count) }), count > 0 {
            start.withLock { start in
                start += chunk[..<min(count, Self.keptOfBeginning - start.count)]
            }
            text.withLock { text in
                text += chunk[..<count]
                text.removeFirst(max(0, text.count - Self.kept))
            }
        }
    }
}
