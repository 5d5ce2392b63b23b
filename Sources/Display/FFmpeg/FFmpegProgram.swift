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
            return Self.complaint(of: child, child.wait())
        } catch {
            return "it cannot be started: \(error)"
        }
    }

    /// Its own reason, or how it ended; `nil` if all went well.
    ///
    /// Before version 6 it ends well on a full disk where only the end of the file did not fit; it says so all the same.
    static func complaint(of child: ChildProcess, _ ending: ChildProcess.Ending) -> String? {
        let line = child.lastComplaint
        switch ending {
        case .exited(0):
            return line.flatMap { $0.hasPrefix("Error closing") || $0.hasPrefix("Error writing") ? $0 : nil }
        case .exited: return child.ffmpegReason ?? "\(ending)"
        case .killed: return "\(ending)"
        }
    }
}
