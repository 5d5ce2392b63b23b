import Frames
import System
import SystemPackage

/// How long a video says it is, asked of the `ffprobe` program, which comes with ffmpeg. Any queue.
enum FFmpegLength {
    /// - Parameters:
    ///   - rate: of the frames that are made of it.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Returns: frames, about; `nil` where neither the video's stream nor its container says it.
    static func frames(of path: String, at rate: FrameRate, searchPath: String) -> Int? {
        guard let program = ChildProcess.find("ffprobe", searchPath: searchPath),
            let child = try? ChildProcess(
                program, arguments: arguments(path), pipe: .standardOutput, searchPath: searchPath)
        else { return nil }
        var answer = [UInt8](repeating: 0, count: 256)
        let count = answer.withUnsafeMutableBytes { (try? readAll(into: $0, from: child.descriptor)) ?? 0 }
        child.closePipe()
        guard child.wait() == .exited(0) else { return nil }
        let lines = String(decoding: answer[..<count], as: UTF8.self).split(separator: "\n")
        guard let seconds = lines.lazy.compactMap({ Double($0) }).first, seconds > 0, seconds < 1e7 else { return nil }
        return max(1, Int((seconds * rate.framesPerSecond).rounded()))
    }

    /// The stream's own length, then the container's.
    private static func arguments(_ path: String) -> [String] {
        [
            "-v", "quiet", "-select_streams", "v:0", "-show_entries", "stream=duration:format=duration", "-of",
            "default=noprint_wrappers=1:nokey=1", "file:\(path)",
        ]
    }
}
