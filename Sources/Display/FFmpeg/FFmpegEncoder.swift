import Frames
import System
import SystemPackage

/// Writes pictures as any kind of video that the `ffmpeg` program makes. One queue owns a value.
///
/// ffmpeg writes a hidden temporary beside the target. Once it has all pictures, sound is added and fragments become a plain
/// file, without encoding the pictures again; then the target gets its name.
package final class FFmpegEncoder: FrameSink {
    package var name: String { file.path }
    private let program: FFmpegProgram
    private let container: FFmpegContainer
    private let form: VideoForm
    private let child: ChildProcess
    private let file: AtomicFile
    private let packer: Y4MFramePacker
    private var framesWritten = 0

    /// Starts ffmpeg.
    ///
    /// - Parameters:
    ///   - path: its extension chooses the container.
    ///   - form: of what will be written.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``DisplayError``: `.programMissing`, `.programFailed`; ``FrameError`` `.cannotWrite`.
    package init(path: String, _ form: VideoForm, searchPath: String) throws {
        guard let program = FFmpegProgram(searchPath: searchPath) else {
            throw DisplayError(
                .programMissing, path, "writing this file takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or write .y4m or a folder of pictures")
        }
        self.program = program
        self.form = form
        container = FFmpegContainer(path: path)
        file = try AtomicFile(path: path, suffix: container.workingSuffix)
        packer = Y4MFramePacker(size: form.size, rate: form.rate, chroma: .halved)
        let arguments =
            ["-f", "yuv4mpegpipe", "-i", "pipe:0"]
            + container.pictureArguments(width: form.size.width, height: form.size.height)
        child = try DisplayError.explaining(
            try program.start(arguments + ["file:\(file.workingPath)"]), .programFailed, path, "cannot start ffmpeg")
        try packer.header.withUnsafeBytes { try send($0) }
    }

    /// - Throws: ``DisplayError`` `.programFailed` if ffmpeg has given up, with its own last line.
    package func write(_ frame: Frame) throws {
        try packer.withFrame(of: frame.pixels) { (bytes) throws(DisplayError) in try send(bytes) }
        framesWritten += 1
    }

    /// Waits until ffmpeg has encoded what it was sent, and adds the sound.
    ///
    /// - Throws: ``DisplayError`` `.programFailed`; ``FrameError`` `.cannotWrite`. Where it is the sound that fails, the
    ///   pictures have their name all the same.
    package func finish() throws {
        child.closePipe()
        let ending = child.wait()
        guard ending == .exited(0) else { throw failure(ending) }
        try complete()
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
            throw DisplayError(.cannotWrite, name, "cannot send pictures to ffmpeg", underlying: error)
        }
    }

    private func failure(_ ending: ChildProcess.Ending) -> DisplayError {
        DisplayError(
            .programFailed, name, "ffmpeg cannot write it: \(FFmpegProgram.complaint(of: child, ending))",
            hint: "choose .mp4, .mkv or .y4m, and see that the disk has room")
    }

    /// Makes the target of what ffmpeg has written.
    private func complete() throws {
        var complaint: String?
        if file.isTemporary {
            for sound in soundChoices {
                complaint = assemble(sound)
                if complaint == nil { return }
            }
            if container.isFragmented, assemble(nil) == nil { return try report(complaint) }
        }
        try file.commit()  // fragments play as well, should there be no room for another file
        try report(complaint)
    }

    /// - Parameter complaint: why there is no sound; `nil` where none is missing.
    private func report(_ complaint: String?) throws(DisplayError) {
        guard let complaint, let sound = form.sound else { return }
        throw DisplayError(
            .programFailed, name, "its pictures are there, but ffmpeg cannot add the sound: \(complaint)",
            hint: "see that \(sound.path) plays, or say --no-audio")
    }

    /// How the sound could get into the container, the best first: as it is, or encoded.
    private var soundChoices: [SoundChoice] {
        guard let sound = form.sound, let encoder = container.soundEncoder, framesWritten > 0 else { return [] }
        let encoded = SoundChoice(sound, encoder: encoder)
        return sound.speed == 1 ? [SoundChoice(sound, encoder: nil), encoded] : [encoded]
    }

    /// Makes the target of the pictures and what is to be heard with them; those that are encoded stay as they are.
    ///
    /// - Returns: `nil` if all went well, otherwise why not: nothing has changed then.
    private func assemble(_ sound: SoundChoice?) -> String? {
        do throws(FrameError) {
            let target = try AtomicFile(path: file.path, suffix: ".part.\(container.name)")
            let seconds = RecordingLength(frames: framesWritten, rate: form.rate).seconds
            let complaint = program.run(
                ["-i", "file:\(file.workingPath)"] + (sound?.input(seconds: seconds) ?? []) + ["-map", "0:v:0"]
                    + (sound?.output ?? []) + ["-c:v", "copy"] + container.finishingArguments
                    + ["file:\(target.workingPath)"])
            if let complaint { return complaint }
            try target.commit()
            file.discard()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
