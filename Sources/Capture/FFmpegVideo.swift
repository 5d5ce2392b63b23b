import Frames
import System
import SystemPackage

/// Any video that the `ffmpeg` program reads, decoded by it into a pipe of Y4M. One queue owns a value.
///
/// ffmpeg turns the pictures upright, deinterlaces what is interlaced, makes pixels square by width, and converts to 8-bit
/// 4:2:0 in BT.601's limited range; it is killed when the value ends. The first picture is the first frame, whenever in the
/// file's time it is shown.
public final class FFmpegVideo: FrameSource {
    public let name: String
    public var size: FrameSize { reader.size }
    public var frameRate: FrameRate { reader.frameRate }
    public var sound: Soundtrack? {
        Soundtrack(path: name, start: FFmpegTimeStamps.start(of: name, program, searchPath: searchPath))
    }
    public var expectedFrameCount: Int? { FFmpegFacts.frames(of: name, at: frameRate, searchPath: searchPath) }

    private let searchPath: String
    private let program: String
    private let child: ChildProcess
    private let reader: Y4MReader
    private var hasEnded = false
    /// Why there may be fewer frames than the file has promised; `nil` before its end, and where nothing is wrong.
    public private(set) var shortfall: String?

    /// Starts ffmpeg and waits for the first bytes from it.
    ///
    /// - Parameters:
    ///   - path: a local file; it is never taken for one of ffmpeg's protocols.
    ///   - demuxer: ffmpeg's name for what reads it; `nil` leaves that to ffmpeg.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``CaptureError``: `.programMissing`, `.programFailed` with ffmpeg's own reason, `.notSupported`
    ///   where nothing moves.
    public init(path: String, demuxer: String? = nil, searchPath: String) throws {
        name = path
        self.searchPath = searchPath
        guard let program = ChildProcess.find("ffmpeg", searchPath: searchPath) else {
            throw CaptureError(
                .programMissing, path, "reading this file takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or convert the file to .y4m")
        }
        self.program = program
        let isMatroska = ["mkv", "webm"].contains(fileExtension(of: path) ?? "")
        let endsOpen = isMatroska && !FFmpegFacts.statesDurations(of: path, searchPath: searchPath)
        func open(_ timing: Timing) throws -> (child: ChildProcess, reader: Y4MReader) {
            try Self.open(path, program, Self.arguments(path, demuxer, timing, endsOpen), searchPath: searchPath)
        }
        let opened = try open(.asStated)
        // By its time stamps where the stated rate would repeat most frames.
        if Self.isDoubtful(opened.reader.frameRate, path),
            let pace = FFmpegTimeStamps.pace(of: path, program, searchPath: searchPath),
            pace.mean.framesPerSecond * Self.leastExcess < opened.reader.frameRate.framesPerSecond
        {
            opened.child.terminate()
            let grid = Self.isAnimatedPicture(path) ? nil : pace.closest
            (child, reader) = try open(grid.map { .stamped($0) } ?? .everyFrame(pace.mean))
        } else {
            (child, reader) = opened
        }
    }

    /// When frames are shown.
    private enum Timing {
        /// At the stated rate; what is missing is the frame before it.
        case asStated
        /// One after another at that rate, whatever their time stamps are.
        case everyFrame(FrameRate)
        /// When their time stamps say so, at that rate: frames are repeated meanwhile.
        case stamped(FrameRate)
    }

    private static func open(
        _ path: String, _ program: String, _ arguments: [String], searchPath: String
    ) throws -> (child: ChildProcess, reader: Y4MReader) {
        let child = try CaptureError.explaining(
            try ChildProcess(
                program, arguments: arguments, pipe: .standardOutput, searchPath: searchPath),
            .programFailed, path, "cannot start \(program)")
        do throws(CaptureError) {
            return (child, try Y4MReader(descriptor: child.descriptor, name: path))
        } catch {
            throw explained(error, by: child, path)
        }
    }

    /// Whether a rate may be a container's time base, or the shortest of many delays.
    private static func isDoubtful(_ rate: FrameRate, _ path: String) -> Bool {
        rate.framesPerSecond > 61 || isAnimatedPicture(path) || fileExtension(of: path) == "webm"
    }

    /// Whose delays are a hundredth of a second, or many: nothing is to be heard with them.
    private static func isAnimatedPicture(_ path: String) -> Bool {
        ["gif", "webp", "apng"].contains(fileExtension(of: path) ?? "")
    }

    /// How many times more frames there would be, at least.
    private static let leastExcess = 1.25

    /// - Throws: ``CaptureError``; `.programFailed` if ffmpeg gave up before the end of the video.
    public func next() throws -> Frame? {
        guard !hasEnded else { return nil }
        do {
            if let frame = try reader.next() { return frame }
        } catch let error as CaptureError {
            throw Self.explained(error, by: child, name)
        }
        hasEnded = true
        child.closePipe()
        let ending = child.wait()
        guard ending == .exited(0) else { throw Self.failure(child, ending, name) }
        // ffmpeg goes on with what there is, and ends well.
        shortfall = child.ffmpegReason.flatMap { reason in
            Self.shortfalls.contains { reason.contains($0) } ? "it is cut short, or damaged (ffmpeg: \(reason))" : nil
        }
        return nil
    }

    /// In ffmpeg's words.
    private static let shortfalls = ["partial file", "ended prematurely", "runcat"]

    /// - Parameter endsOpen: whether nothing says how long the last frame is shown.
    private static func arguments(
        _ path: String, _ demuxer: String?, _ timing: Timing, _ endsOpen: Bool
    ) -> [String] {
        // A frame without an end is none on a grid; one that follows it gives it an end.
        let end = endsOpen ? ",tpad=stop=1:stop_mode=clone" : ""
        func ratio(_ rate: FrameRate) -> String { "\(rate.numerator)/\(rate.denominator)" }
        // Each frame from the time nearest to its own on, and what is missing is the frame before it.
        let (times, grid, output): (String, String, [String]) =
            switch timing {
            case .asStated: ("PTS-STARTPTS", "\(end),fps=source_fps", [])
            case .stamped(let rate): ("PTS-STARTPTS", "\(end),fps=\(ratio(rate))", [])
            case .everyFrame(let rate): ("N/(\(ratio(rate)))/TB", "", ["-r", ratio(rate)])
            }
        return [
            "-nostdin", "-v", "error",
        ] + (demuxer.map { ["-f", $0] } ?? []) + [
            "-i", "file:\(path)", "-map", moving, "-vf",
            """
            setpts=\(times),yadif=deint=interlaced,\
            scale=w=\(squareWidth):h=ih:out_color_matrix=bt601:out_range=tv,setsar=1\(grid)
            """,
        ] + output + ["-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "pipe:1"]
    }

    /// In ffmpeg's words: the first video that is no cover picture or thumbnail.
    private static let moving = "0:V:0"

    /// In ffmpeg's words: as wide as the picture is shown, in whole pairs of pixels where that is another width.
    private static let squareWidth = "'if(eq(sar,1),iw,2*max(1,round(iw*sar/2)))'"

    /// A stream that stops early is mostly the trace of ffmpeg's own failure, which then is what to report.
    private static func explained(_ error: CaptureError, by child: ChildProcess, _ path: String) -> CaptureError {
        guard [.empty, .malformed, .truncated].contains(error.code) else { return error }
        child.closePipe()
        let ending = child.wait()
        return ending == .exited(0) || child.ffmpegReason == nil ? error : failure(child, ending, path)
    }

    private static func failure(_ child: ChildProcess, _ ending: ChildProcess.Ending, _ path: String) -> CaptureError {
        let reason = child.ffmpegReason
        guard reason?.hasPrefix("Stream map '\(moving)' matches no streams") != true else {
            return CaptureError(
                .notSupported, path, "there are no moving pictures in it, only sound or a cover",
                hint: "give a video, a picture or a folder of pictures")
        }
        let start = try? FileBytes(startOf: path, count: 12)
        let isMP4 = start?.withBytes { $0.dropFirst(4).starts(with: "ftyp".utf8) } == true
        guard !isMP4 || reason?.contains("moov atom not found") != true else {
            return CaptureError(
                .programFailed, path, "its end is missing, where its index is (ffmpeg: moov atom not found)",
                hint: "copy or download it again")
        }
        return CaptureError(
            .programFailed, path, "ffmpeg cannot read it: \(reason ?? "\(ending)")",
            hint: "check that it is a video and plays")
    }
}
