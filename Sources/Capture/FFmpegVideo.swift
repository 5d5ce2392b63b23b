import Frames
import System
import SystemPackage

/// Any video that the `ffmpeg` program reads, decoded by it into a pipe of Y4M. One queue owns a value.
///
/// ffmpeg turns the pictures upright, deinterlaces what is interlaced, makes pixels square by width, and converts to 8-bit
/// 4:2:0 in BT.601's limited range; it is killed when the value ends.
package final class FFmpegVideo: FrameSource {
    package let name: String
    package var size: FrameSize { reader.size }
    package var frameRate: FrameRate { reader.frameRate }
    package var sound: Soundtrack? { Soundtrack(path: name) }
    package var expectedFrameCount: Int? { FFmpegLength.frames(of: name, at: frameRate, searchPath: searchPath) }

    private let searchPath: String
    private let child: ChildProcess
    private let reader: Y4MReader
    private var hasEnded = false

    /// Starts ffmpeg and waits for the first bytes from it.
    ///
    /// - Parameters:
    ///   - path: a local file; it is never taken for one of ffmpeg's protocols.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``CaptureError``: `.programMissing`, `.programFailed` with ffmpeg's own last line.
    package init(path: String, searchPath: String) throws {
        name = path
        self.searchPath = searchPath
        guard let program = ChildProcess.find("ffmpeg", searchPath: searchPath) else {
            throw CaptureError(
                .programMissing, path, "reading this file takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or convert the file to .y4m")
        }
        child = try CaptureError.explaining(
            try ChildProcess(program, arguments: Self.arguments(path), pipe: .standardOutput, searchPath: searchPath),
            .programFailed, path, "cannot start \(program)")
        do throws(CaptureError) {
            reader = try Y4MReader(descriptor: child.descriptor, name: path)
        } catch {
            throw Self.explained(error, by: child, path)
        }
    }

    /// - Throws: ``CaptureError``; `.programFailed` if ffmpeg gave up before the end of the video.
    package func next() throws -> Frame? {
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
        return nil
    }

    private static func arguments(_ path: String) -> [String] {
        [
            "-nostdin", "-v", "error", "-i", "file:\(path)", "-an", "-sn", "-dn",
            "-vf", "yadif=deint=interlaced,scale=w=\(squareWidth):h=ih:out_color_matrix=bt601:out_range=tv,setsar=1",
            "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "pipe:1",
        ]
    }

    /// In ffmpeg's words: as wide as the picture is shown, in whole pairs of pixels where that is another width.
    private static let squareWidth = "'if(eq(sar,1),iw,2*max(1,round(iw*sar/2)))'"

    /// A stream that stops early is mostly the trace of ffmpeg's own failure, which then is what to report.
    private static func explained(_ error: CaptureError, by child: ChildProcess, _ path: String) -> CaptureError {
        guard [.empty, .malformed, .truncated].contains(error.code) else { return error }
        child.closePipe()
        let ending = child.wait()
        return ending == .exited(0) || child.lastComplaint == nil ? error : failure(child, ending, path)
    }

    private static func failure(_ child: ChildProcess, _ ending: ChildProcess.Ending, _ path: String) -> CaptureError {
        CaptureError(
            .programFailed, path, "ffmpeg cannot read it: \(child.lastComplaint ?? "\(ending)")",
            hint: "check that it is a video and plays")
    }
}
