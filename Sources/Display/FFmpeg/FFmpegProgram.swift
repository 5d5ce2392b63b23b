import System
import SystemPackage

/// The ffmpeg program: where it is, and how it is run. Any queue.
struct FFmpegProgram: Sendable {
    private let path: String
    private let searchPath: String

    /// - Parameter searchPath: where to look for it, the value of `PATH`.
    /// - Returns: `nil` where it is not installed.
    init?(searchPath: String) {
        guard let path = ChildProcess.find("ffmpeg", searchPath: searchPath) else { return nil }
        self.path = path
        self.searchPath = searchPath
    }

    /// Starts it, to read from the pipe.
    ///
    /// - Throws: why it could not be started.
    func start(_ arguments: [String]) throws(Errno) -> ChildProcess {
        try ChildProcess(
            path, arguments: ["-v", "error", "-y"] + arguments, pipe: .standardInput, searchPath: searchPath)
    }

    /// Runs it to its end, on files alone.
    ///
    /// - Returns: `nil` if all went well, otherwise what it complained of.
    func run(_ arguments: [String]) -> String? {
        do throws(Errno) {
            let child = try start(arguments)
            child.closePipe()
            let ending = child.wait()
            return ending == .exited(0) ? nil : Self.complaint(of: child, ending)
        } catch {
            return "it cannot be started: \(error)"
        }
    }

    /// Its own last line, or how it ended.
    static func complaint(of child: ChildProcess, _ ending: ChildProcess.Ending) -> String {
        if case .exited = ending, let line = child.lastComplaint { return line }
        return "\(ending)"
    }
}
