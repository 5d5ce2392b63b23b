import Frames
import System
import SystemPackage

/// When a video's frames are shown, by their time stamps. Any queue.
enum FFmpegTimeStamps {
    /// How frames follow one another.
    struct Pace: Equatable {
        let mean: FrameRate
        /// The rate of those that follow most closely, where frames are missing, or the rate changes: one is half a frame early
        /// or late at the mean rate.
        var closest: FrameRate?
    }

    /// Of the list of frames, at most: ten thousand frames.
    private static let mostBytes = 600_000
    /// Rates that recorders mean where they measure something else by that share.
    private static let usual = [
        FrameRate(10), FrameRate(12), FrameRate(15), FrameRate(20), FrameRate(24_000, over: 1001), FrameRate(24),
        FrameRate(25), FrameRate(30_000, over: 1001), FrameRate(30), FrameRate(50), FrameRate(60_000, over: 1001),
        FrameRate(60),
    ]
    private static let tolerance = 0.015

    /// How frames follow one another, where the container states no rate or one that cannot be: a browser's recordings, GIFs.
    /// Nothing is decoded.
    ///
    /// - Parameter program: ffmpeg.
    /// - Returns: `nil` where there are fewer than two frames, or none says when it is shown.
    static func pace(of path: String, _ program: String, searchPath: String) -> Pace? {
        pace(ofList: list(["-i", "file:\(path)", "-map", "0:V:0", "-c", "copy"] + asList, program, searchPath))
    }

    /// When the first picture that can be decoded is shown, in seconds since the first of what there is in the file: mostly
    /// sound. Takes a tenth of a second.
    ///
    /// - Parameter program: ffmpeg.
    /// - Returns: 0 where nobody knows, and where there is nothing to be heard before the pictures.
    static func start(of path: String, _ program: String, searchPath: String) -> Double {
        let picture = ["-i", "file:\(path)", "-map", "0:V:0", "-frames:v", "1", "-enc_time_base", "1/90000"]
        // The time of some containers begins, for ffmpeg, with the first stream that is read of them.
        let company = ["-map", "0:a:0?", "-c", "copy", "-frames:a", "1", "-f", "null", "/dev/null"]
        let shown = times(ofList: list(picture + asList + company, program, searchPath)).first ?? 0
        return max(0, shown)
    }

    private static let asList = ["-f", "framecrc", "pipe:1"]

    private static func list(_ arguments: [String], _ program: String, _ searchPath: String) -> String {
        let quiet = ["-nostdin", "-v", "quiet"]
        guard
            let child = try? ChildProcess(
                program, arguments: quiet + arguments, pipe: .standardOutput, searchPath: searchPath)
        else { return "" }
        var text = [UInt8](repeating: 0, count: mostBytes)
        let count = text.withUnsafeMutableBytes { (try? readAll(into: $0, from: child.descriptor)) ?? 0 }
        child.terminate()
        return String(decoding: text[..<count], as: UTF8.self)
    }

    /// - Parameter list: in ffmpeg's format framecrc: `#tb 0: 1/1000`, then `0, decoded, shown, ...` for every frame.
    static func pace(ofList list: String) -> Pace? {
        let times = times(ofList: list).sorted()
        guard let first = times.first, let last = times.last, last > first else { return nil }
        let interval = (last - first) / Double(times.count - 1)
        guard let mean = rate(ofInterval: interval) else { return nil }
        let strays = times.enumerated().contains { index, time in
            abs(time - first - Double(index) * interval) > interval / 2
        }
        guard strays else { return Pace(mean: mean) }
        // Most frames come one after another, so that a quarter is surely of those.
        let intervals = zip(times.dropFirst(), times).map(-).filter { $0 > 0 }.sorted()
        return Pace(mean: mean, closest: rate(ofInterval: intervals[intervals.count / 4]))
    }

    private static func rate(ofInterval seconds: Double) -> FrameRate? {
        let measured = 1 / seconds
        guard measured >= 0.1, measured <= 1000 else { return nil }
        let nearest = usual.min {
            abs($0.framesPerSecond - measured) < abs($1.framesPerSecond - measured)
        }
        if let nearest, abs(nearest.framesPerSecond / measured - 1) < tolerance { return nearest }
        return FrameRate(Int((measured * 1000).rounded()), over: 1000)
    }

    /// - Returns: seconds, in the order of the list.
    private static func times(ofList list: String) -> [Double] {
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
        guard let unit, unit > 0 else { return [] }
        return times.map { Double($0) * unit }
    }
}
