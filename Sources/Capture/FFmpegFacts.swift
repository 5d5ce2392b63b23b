import Frames
import System
import SystemPackage

/// What a video says of itself, asked of the `ffprobe` program, which comes with ffmpeg. Any queue.
enum FFmpegFacts {
    /// - Parameters:
    ///   - rate: of the frames that are made of it.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Returns: frames, about; `nil` where neither the video's stream nor its container says it.
    static func frames(of path: String, at rate: FrameRate, searchPath: String) -> Int? {
        guard let answer = answer(path, "stream=duration:format=duration", searchPath) else { return nil }
        let lines = answer.split(separator: "\n")
        guard let seconds = lines.lazy.compactMap({ Double($0) }).first, seconds > 0, seconds < 1e7 else { return nil }
        return max(1, Int((seconds * rate.framesPerSecond).rounded()))
    }

    /// Whether the file says how long frames are shown, the last one among them: a browser's recordings do not.
    static func statesDurations(of path: String, searchPath: String) -> Bool {
        answer(path, "stream=avg_frame_rate", searchPath)?.hasPrefix("0/0") != true
    }

    /// What the program says, a line each; `nil` where it is not installed, or fails.
    private static func answer(_ path: String, _ entries: String, _ searchPath: String) -> String? {
        guard let program = ChildProcess.find("ffprobe", searchPath: searchPath),
            let child = try? ChildProcess(
                program, arguments: arguments(path, entries), pipe: .standardOutput, searchPath: searchPath)
        else { return nil }
        var answer = [UInt8](repeating: 0, count: 256)
        let count = answer.withUnsafeMutableBytes { (try? readAll(into: $0, from: child.descriptor)) ?? 0 }
        child.closePipe()
        return child.wait() == .exited(0) ? String(decoding: answer[..<count], as: UTF8.self) : nil
    }

    private static func arguments(_ path: String, _ entries: String) -> [String] {
        [
            "-v", "quiet", "-select_streams", "v:0", "-show_entries", entries, "-of",
            "default=noprint_wrappers=1:nokey=1", "file:\(path)",
        ]
    }
}
