import Frames
import System
import SystemPackage

/// Writes pictures as any kind of video that the `ffmpeg` program makes. One queue owns a value.
///
/// ffmpeg writes a hidden temporary beside the target; it gets the target's name once ffmpeg has ended well.
package final class FFmpegEncoder: FrameSink {
    package var name: String { file.path }
    private let child: ChildProcess
    private let file: AtomicFile
    private let packer: Y4MFramePacker

    /// Starts ffmpeg.
    ///
    /// - Parameters:
    ///   - path: its extension chooses the container.
    ///   - size: of every frame that will be written.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``DisplayError``: `.programMissing`, `.programFailed`; ``FrameError`` `.cannotWrite`.
    package init(path: String, size: FrameSize, rate: FrameRate, searchPath: String) throws {
        guard let program = ChildProcess.find("ffmpeg", searchPath: searchPath) else {
            throw DisplayError(
                .programMissing, path, "writing this file takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or write .y4m or a folder of pictures")
        }
        let container = fileExtension(of: path) ?? ""
        file = try AtomicFile(path: path, suffix: ".\(container)")
        packer = Y4MFramePacker(size: size, rate: rate, chroma: .halved)
        let arguments = Self.arguments(container: container, size: size, output: file.workingPath)
        child = try DisplayError.explaining(
            try ChildProcess(program, arguments: arguments, pipe: .standardInput, searchPath: searchPath),
            .programFailed, path, "cannot start \(program)")
        try packer.header.withUnsafeBytes { try send($0) }
    }

    /// - Throws: ``DisplayError`` `.programFailed` if ffmpeg has given up, with its own last line.
    package func write(_ frame: Frame) throws {
        try packer.withFrame(of: frame.pixels) { (bytes) throws(DisplayError) in try send(bytes) }
    }

    /// Waits until ffmpeg has encoded what it was sent.
    ///
    /// - Throws: ``DisplayError`` `.programFailed`; ``FrameError`` `.cannotWrite`. Nothing is left behind.
    package func finish() throws {
        child.closePipe()
        let ending = child.wait()
        guard ending == .exited(0) else { throw failure(ending) }
        try file.commit()
    }

    package func cancel() {
        child.terminate()
        file.discard()
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(DisplayError) {
        do throws(Errno) {
            try writeAll(bytes, to: child.descriptor)
        } catch .brokenPipe {  // ffmpeg has closed its input: it has ended, or is about to
            throw failure(child.wait())
        } catch {
            cancel()
            throw DisplayError(.cannotWrite, name, "cannot send pictures to ffmpeg", underlying: error)
        }
    }

    private func failure(_ ending: ChildProcess.Ending) -> DisplayError {
        file.discard()
        return DisplayError(
            .programFailed, name, "ffmpeg cannot write it: \(child.lastComplaint ?? "\(ending)")",
            hint: "choose .mp4, .mkv or .y4m, and see that the disk has room")
    }

    private static func arguments(container: String, size: FrameSize, output: String) -> [String] {
        var arguments = ["-v", "error", "-y", "-f", "yuv4mpegpipe", "-i", "pipe:0"]
        let usesH264 = ["mp4", "m4v", "mov", "mkv"].contains(container)
        if usesH264 {
            arguments += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"]
            if container != "mkv" { arguments += ["-movflags", "+faststart"] }
            if size.width % 2 != 0 || size.height % 2 != 0 {  // H.264 in 4:2:0 has even sizes only
                arguments += ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"]
            }
        }
        return arguments + ["file:\(output)"]
    }
}
