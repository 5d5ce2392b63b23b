import Frames
import System
import SystemPackage

/// The rate at which a video's frames follow one another by their time stamps, where its container states none or one that
/// cannot be: a browser's recordings, GIFs. Nothing is decoded. Any queue.
enum FFmpegTimeStamps {
    /// Of the list of frames, at most: ten thousand frames.
    private static let mostBytes = 600_000
    /// Rates that recorders mean where they measure something else by that share.
    private static let usual = [
        FrameRate(10), FrameRate(12), FrameRate(15), FrameRate(20), FrameRate(24_000, over: 1001), FrameRate(24),
        FrameRate(25), FrameRate(30_000, over: 1001), FrameRate(30), FrameRate(50), FrameRate(60_000, over: 1001),
        FrameRate(60),
    ]
    private static let tolerance = 0.015

    /// - Parameter program: ffmpeg.
    /// - Returns: `nil` where there are fewer than two frames, or none says when it is shown.
    static func rate(of path: String, _ program: String, searchPath: String) -> FrameRate? {
        let arguments = [
            "-nostdin", "-v", "quiet", "-i", "file:\(path)", "-map", "0:V:0", "-c", "copy", "-f", "framecrc", "pipe:1",
        ]
        guard
            let child = try? ChildProcess(
                program, arguments: arguments, pipe: .standardOutput, searchPath: searchPath)
        else { return nil }
        var text = [UInt8](repeating: 0, count: mostBytes)
        let count = text.withUnsafeMutableBytes { (try? readAll(into: $0, from: child.descriptor)) ?? 0 }
        child.terminate()
        return rate(ofList: String(decoding: text[..<count], as: UTF8.self))
    }

    /// - Parameter list: in ffmpeg's format framecrc: `#tb 0: 1/1000`, then `0, decoded, shown, ...` for every frame.
    static func rate(ofList list: String) -> FrameRate? {
        var unit: Double?
        var times: [Int] = []
        for line in list.split(separator: "\n") {
            if line.hasPrefix("#tb 0:") {
                let parts = line.dropFirst(6).split(separator: "/").compactMap {
                    Double($0.filter { !$0.isWhitespace })
                }
                if parts.count == 2, parts[1] > 0 { unit = parts[0] / parts[1] }
            } else if !line.hasPrefix("#") {
                let fields = line.split(separator: ",")
                if fields.count > 3, let time = Int(fields[2].filter { !$0.isWhitespace }) { times.append(time) }
            }
        }
        guard let unit, unit > 0, let first = times.min(), let last = times.max(), last > first else { return nil }
        let measured = Double(times.count - 1) / (Double(last - first) * unit)
        guard measured >= 0.1, measured <= 1000 else { return nil }
        let nearest = usual.min {
            abs($0.framesPerSecond - measured) < abs($1.framesPerSecond - measured)
        }
        if let nearest, abs(nearest.framesPerSecond / measured - 1) < tolerance { return nearest }
        return FrameRate(Int((measured * 1000).rounded()), over: 1000)
    }
}
