import System
import SystemPackage

/// One picture of any other kind, turned into a PNG by the `ffmpeg` program: the first one of those that move.
enum FFmpegPicture {
    /// No PNG of a sensible picture is larger.
    private static let mostBytes = 512_000_000

    /// - Parameters:
    ///   - format: what the file is called by people.
    ///   - demuxer: and by ffmpeg.
    ///   - picture: what ffmpeg does not say of it.
    static func read(
        _ path: String, _ format: String, _ demuxer: String, _ picture: ForeignPicture, _ tools: ImageTools
    ) throws(FrameError) -> PixelBuffer {
        if let obstacle = picture.obstacle {
            throw FrameError(
                .notAPicture, path, "\(obstacle), and ffmpeg reads such a \(format) wrongly",
                hint: "save it as PNG or JPEG")
        }
        guard let program = ChildProcess.find("ffmpeg", searchPath: tools.searchPath) else {
            throw FrameError(
                .notAPicture, path, "reading \(format) takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or convert it to PNG or JPEG")
        }
        let (bytes, complaint) = try FrameError.explaining(
            try output(of: program, path, demuxer, tools), .cannotOpen, path, "ffmpeg cannot be run")
        if let complaint {
            throw picture.isAnimated
                ? .animatedWebP(path) : .damagedPicture(format, path: path, reason: complaint)
        }
        return try bytes.withUnsafeBytes { bytes in
            Result { () throws(FrameError) in
                picture.orientation.applied(to: try PNGDecoder.decode(bytes, path: path))
            }
        }.get()
    }

    /// What the program writes, and what it complains of where it fails.
    private static func output(
        of program: String, _ path: String, _ demuxer: String, _ tools: ImageTools
    ) throws(Errno) -> (bytes: [UInt8], complaint: String?) {
        let child = try ChildProcess(
            program, arguments: arguments(path, demuxer), pipe: .standardOutput, searchPath: tools.searchPath)
        let bytes = try readToEnd(of: child.descriptor, limit: mostBytes)
        child.closePipe()
        let ending = child.wait()
        return (bytes, ending == .exited(0) && !bytes.isEmpty ? nil : child.ffmpegReason ?? "\(ending)")
    }

    private static func arguments(_ path: String, _ demuxer: String) -> [String] {
        [
            "-nostdin", "-v", "error", "-noautorotate", "-f", demuxer, "-i", "file:\(path)", "-frames:v", "1", "-an",
            "-f", "image2pipe",
            "-c:v", "png",
            "pipe:1",
        ]
    }
}
