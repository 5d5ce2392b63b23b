import Frames
import System

/// Writes pictures as any kind of video that the `ffmpeg` program makes. One queue owns a value.
///
/// ffmpeg writes a hidden temporary beside the target. Once it has all pictures, sound is added and fragments become a plain
/// file, without encoding the pictures again; then the target gets its name.
public final class FFmpegEncoder: FrameSink {
    public var name: String { file.path }
    private let program: FFmpegProgram
    private let container: FFmpegContainer
    private let form: VideoForm
    private let pipe: FFmpegPipe
    private let file: AtomicFile
    private var framesWritten = 0

    /// Starts ffmpeg.
    ///
    /// - Parameters:
    ///   - path: its extension chooses the container.
    ///   - form: of what will be written.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``DisplayError``: `.programMissing`, `.programFailed`; `FrameError` `.cannotWrite`.
    public init(path: String, _ form: VideoForm, searchPath: String) throws {
        guard let program = FFmpegProgram(searchPath: searchPath) else {
            throw DisplayError(
                .programMissing, path, "writing this file takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg, or write .y4m or a folder of pictures")
        }
        self.program = program
        self.form = form
        container = FFmpegContainer(path: path)
        file = try AtomicFile(path: path, suffix: container.workingSuffix)
        let workingPath = file.workingPath
        pipe = try FFmpegPipe(
            program, form,
            output: container.pictureArguments(width: form.size.width, height: form.size.height)
                + ["file:\(file.workingPath)"], name: path
        ) { complaint in
            DisplayError(
                .programFailed, path,
                "ffmpeg cannot write it: \(complaint.replacing("file:\(workingPath)", with: path))",
                hint: "choose .mp4, .mkv or .y4m, and see that the disk has room")
        }
    }

    /// - Throws: ``DisplayError`` `.programFailed` if ffmpeg has given up, with its own last line.
    public func write(_ frame: Frame) throws {
        try pipe.write(frame)
        framesWritten += 1
    }

    /// Waits until ffmpeg has encoded what it was sent, and adds the sound.
    ///
    /// - Throws: ``DisplayError`` `.programFailed`; `FrameError` `.cannotWrite`. Where it is the sound that fails, the
    ///   pictures have their name all the same.
    public func finish() throws {
        try pipe.finish()
        try complete()
    }

    public func cancel() {
        pipe.terminate()
        file.discard()
    }

    public func keep() -> Bool {
        try? pipe.finish()
        defer { file.discard() }
        guard framesWritten > 0, file.isOpen, file.isTemporary, container.playsUnfinished,
            program.run(["-i", "file:\(file.workingPath)", "-frames:v", "1", "-f", "null", "-"]) == nil
        else { return false }
        // A copy is a plain file whose end is sound; where there is no room for one, what there is plays as well.
        if assemble(nil) == nil { return true }
        return (try? file.commit()) != nil
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
        return SoundChoice.canBeCopied(sound) && container.copiesSound
            ? [SoundChoice(sound, encoder: nil), encoded] : [encoded]
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
                    + ["file:\(target.workingPath)"] + (sound?.company ?? []))
            if let complaint { return complaint }
            try target.commit()
            file.discard()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
