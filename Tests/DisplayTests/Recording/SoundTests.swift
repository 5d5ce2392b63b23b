import Capture
import Frames
import System
import TestSupport
import Testing

@testable import Display

@Suite("The sound of what drives is heard with the pictures", .timeLimit(.minutes(5)))
struct SoundTests {
    private static let rate = FrameRate(25)
    /// Frames from which on the pictures are white, for five frames.
    private static let flashes = [25, 50, 100]
    private static let frames = 120

    /// A sound file that beeps when ``flashes`` begin, if it is played so many times as fast.
    private func beeps(_ name: String, in folder: borrowing TemporaryFolder, speed: Double = 1) throws -> Soundtrack {
        let path = folder.path(name)
        let instants = Self.flashes.map { Double($0) / 25 * speed }
        let gates = instants.map { "between(t,\($0),\($0 + 0.1))" }.joined(separator: "+")
        let made = Program("ffmpeg")?.run([
            "-v", "error", "-f", "lavfi", "-i", "aevalsrc='0.7*sin(2*PI*1000*t)*(\(gates))':s=44100:d=\(6 * speed)",
            path,
        ])
        try #require(made?.ending == .exited(0), "cannot make \(name)")
        return Soundtrack(path: path, speed: speed)
    }

    private func record(_ path: String, _ sound: Soundtrack?, frames: Int = frames) throws {
        sigpipeIsIgnored
        let size = FrameSize(width: 64, height: 48)
        let (black, white) = (PixelBuffer(size) { _, _ in (10, 10, 10) }, PixelBuffer(size) { _, _ in (240, 240, 240) })
        let sink = try openFileSink(
            path: path, VideoForm(size, Self.rate, sound: sound), searchPath: testSearchPath)
        for index in 0..<frames {
            let isLit = Self.flashes.contains { ($0..<$0 + 5).contains(index) }
            try sink.write((isLit ? white : black).asFrame(index))
        }
        try sink.finish()
    }

    /// Seconds at which the pictures turn white, in the file's time.
    private func flashes(_ path: String) throws -> [Double] {
        let source = try openVideo(path, searchPath: testSearchPath)
        let start = source.sound?.start ?? 0
        var (instants, wasLit, index) = ([Double](), false, 0)
        while let frame = try source.next() {
            let isLit = frame.pixels.pixel(20, 20)[0] > 128
            if isLit, !wasLit { instants.append(start + Double(index) / source.frameRate.framesPerSecond) }
            (wasLit, index) = (isLit, index + 1)
        }
        return instants
    }

    /// Seconds at which it begins to beep, and how long the sound is; `nil` where there is none.
    private func sound(_ path: String) throws -> (beeps: [Double], seconds: Double)? {
        let decoded = Program("ffmpeg")?.run([
            "-v", "quiet", "-i", path, "-map", "0:a:0?", "-af", "aresample=48000:async=1:first_pts=0", "-ac", "1", "-f",
            "s16le", "pipe:1",
        ])
        let bytes = try #require(decoded).output
        guard !bytes.isEmpty else { return nil }
        var (instants, quiet) = ([Double](), 48000)
        for index in 0..<bytes.count / 2 {
            let sample = Int16(bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8)
            guard abs(Int(sample)) > 2500 else {
                quiet += 1
                continue
            }
            if quiet > 10_000 { instants.append(Double(index) / 48000) }
            quiet = 0
        }
        return (instants, Double(bytes.count / 2) / 48000)
    }

    private func codec(_ path: String) -> String? {
        let arguments = ["-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name", "-of", "csv=p=0"]
        // Of a transport stream it is said once more, for its program.
        return Program("ffprobe").flatMap { probe in
            String(decoding: probe.run(arguments + [path]).output, as: UTF8.self).split(separator: "\n").first.map(
                String.init)
        }
    }

    /// Container, sound file, speed, and the codec that the sound is to have then.
    private static let cases = [
        ("out.mp4", "sound.m4a", 1.0, "aac"), ("out.mp4", "sound.wav", 1, "aac"),
        ("out.mov", "sound.wav", 1, "pcm_s16le"),
        ("out.mkv", "sound.wav", 1, "pcm_s16le"), ("out.webm", "sound.wav", 1, "opus"),
        ("out.mp4", "sound.m4a", 2, "aac"),
        ("out.mp4", "sound.wav", 0.6, "aac"),
        ("out.avi", "sound.m4a", 1, "pcm_s16le"), ("out.avi", "sound.wav", 0.5, "pcm_s16le"),
        ("out.ts", "sound.m4a", 1, "aac"), ("out.ts", "sound.wav", 1.25, "aac"),
    ]

    @Test(.enabled(if: hasFFmpeg), arguments: cases)
    func isInStep(_ name: String, _ soundName: String, _ speed: Double, _ expected: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(name)
        try record(path, beeps(soundName, in: folder, speed: speed))
        let (seen, heard) = (try flashes(path), try #require(try sound(path), "there is no sound"))
        #expect(seen.count == Self.flashes.count && heard.beeps.count == seen.count, "\(seen), \(heard.beeps)")
        let offsets = zip(seen, heard.beeps).map { 1000 * ($1 - $0) }
        #expect(offsets.allSatisfy { abs($0) <= 20 }, "\(name), \(soundName), times \(speed): \(offsets) ms")
        #expect(codec(path).map { $0 == expected } ?? true, "\(codec(path) ?? "")")
        #expect(try fileNames(in: folder.path("")) == [name, soundName].sorted(), "no temporary may stay")
    }

    /// A video whose sound begins that many seconds, whole frames of them, before its pictures, which turn white when it beeps.
    private func makeClip(_ path: String, soundFirst seconds: Double) throws {
        let lit = Self.flashes.map { "between(n,\($0),\($0 + 4))" }.joined(separator: "+")
        let gates = Self.flashes.map { Double($0) / 25 + seconds }.map { "between(t,\($0),\($0 + 0.1))" }
        // A program stream of pictures that are a few bytes each says of few of them when they are shown.
        let grain = "noise=alls=60:allf=t"
        let isProgram = path.hasSuffix(".mpg") || path.hasSuffix(".vob")
        let made = Program("ffmpeg")?.run([
            "-v", "error", "-itsoffset", "\(seconds)", "-f", "lavfi", "-i",
            "color=black:s=64x48:r=25:d=\(Double(Self.frames) / 25),drawbox=c=white:t=fill:enable='\(lit)',\(grain)",
            "-f", "lavfi", "-i", "aevalsrc='0.7*sin(2*PI*1000*t)*(\(gates.joined(separator: "+")))':s=44100:d=6",
            "-c:v",
            isProgram ? "mpeg2video" : "libx264", "-q:v", "1", "-c:a", isProgram ? "mp2" : "aac", "-fps_mode", "vfr",
            path,
        ])
        try #require(made?.ending == .exited(0), "cannot make \(path)")
    }

    private static let lateClips = [
        ("late.ts", 0.0, "out.mp4", 25), ("late.ts", 0.32, "out.mkv", 25), ("late.flv", 0, "out.mp4", 25),
        ("late.flv", 0.32, "out.avi", 50), ("late.mkv", 0.32, "out.ts", 25), ("late.mov", 0.32, "out.webm", 15),
        ("late.mp4", 0, "out.mp4", 25), ("late.mpg", 0.32, "out.mp4", 25), ("late.vob", 0, "out.mp4", 25),
    ]

    /// A recorder hears before it sees, and containers without room for less than 0 show the first picture late.
    @Test(.enabled(if: hasFFmpeg), arguments: lateClips)
    func beginsWithTheFirstPicture(_ name: String, _ lead: Double, _ target: String, _ rate: Int) throws {
        let folder = try TemporaryFolder()
        try makeClip(folder.path(name), soundFirst: lead)
        let source = try openVideo(folder.path(name), searchPath: testSearchPath)
        let sound = try #require(source.sound)
        let isExact = sound.start == 0 ? lead == 0 : (0..<0.1).contains(sound.start - lead)
        #expect(isExact, "\(sound.start) s of sound before the pictures")
        let form = VideoForm(source.size, FrameRate(rate), sound: sound.faster(by: Double(rate) / 25))
        let sink = try openFileSink(path: folder.path(target), form, searchPath: testSearchPath)
        var count = 0
        while let frame = try source.next() {
            try sink.write(frame)
            count += 1
        }
        try sink.finish()
        #expect(count == Self.frames)
        let (seen, heard) = (try flashes(folder.path(target)), try #require(try self.sound(folder.path(target))))
        let offsets = zip(seen, heard.beeps).map { 1000 * ($1 - $0) }
        #expect(offsets.count == Self.flashes.count && offsets.allSatisfy { abs($0) <= 20 }, "\(offsets) ms")
    }

    /// MPEG-2 knows a few rates: at others ffmpeg would leave pictures out.
    @Test(.enabled(if: hasFFmpeg)) func everyPictureIsThereAtEveryRate() throws {
        let folder = try TemporaryFolder()
        let form = VideoForm(FrameSize(width: 64, height: 48), FrameRate(25, over: 2))
        for name in ["out.ts", "out.avi", "out.mkv"] {
            let sink = try openFileSink(path: folder.path(name), form, searchPath: testSearchPath)
            for index in 0..<40 {
                try sink.write(PixelBuffer(form.size) { _, _ in (UInt8(6 * index), 0, 0) }.asFrame(index))
            }
            try sink.finish()
            let source = try openVideo(folder.path(name), searchPath: testSearchPath)
            var count = 0
            while try source.next() != nil { count += 1 }
            #expect(count == 40 && source.frameRate == form.rate, "\(name): \(count) at \(source.frameRate)")
        }
        let refused = #expect(throws: DisplayError.self) {
            let sink = try openFileSink(path: folder.path("out.mpg"), form, searchPath: testSearchPath)
            for index in 0..<40 { try sink.write(PixelBuffer(form.size) { _, _ in (0, 0, 0) }.asFrame(index)) }
            try sink.finish()
        }
        #expect(refused.map { "\($0)".contains("does not support 25/2 fps") } == true, "\(refused as Any)")
    }

    @Test(.enabled(if: hasFFmpeg)) func endsWithThePictures() throws {
        let folder = try TemporaryFolder()
        for name in ["out.mp4", "out.mkv"] {
            try record(folder.path(name), beeps("sound.m4a", in: folder), frames: 40)
            let heard = try #require(try sound(folder.path(name)))
            #expect(heard.beeps.count == 1 && abs(heard.seconds - 1.6) < 0.1, "\(name): \(heard)")
            try removeFile(folder.path("sound.m4a"))
        }
    }

    @Test(.enabled(if: hasFFmpeg)) func whatHasNoSoundJustWorks() throws {
        let folder = try TemporaryFolder()
        try record(folder.path("silent.mp4"), nil)
        #expect(try sound(folder.path("silent.mp4")) == nil)
        let silent = Soundtrack(path: folder.path("silent.mp4"))
        for name in ["out.mp4", "out.mkv", "out.gif", "out.y4m"] {
            try record(folder.path(name), silent, frames: 40)
            #expect(try flashes(folder.path(name)).count == 1, "\(name)")
        }
        let beeping = try beeps("sound.m4a", in: folder)
        try record(folder.path("loud.gif"), beeping, frames: 40)
        #expect(try flashes(folder.path("loud.gif")).count == 1, "a container without room for sound")
    }

    /// Nothing that was computed is lost for it.
    @Test(.enabled(if: hasFFmpeg), arguments: ["out.mp4", "out.mkv"])
    func soundThatCannotBeReadCostsNoPictures(_ name: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(name)
        let line = failureLine { try record(path, Soundtrack(path: folder.path("gone.mp4")), frames: 40) }
        #expect(
            line?.hasPrefix("\(path): its pictures are there, but ffmpeg cannot add the sound: ") == true,
            "\(line ?? "no error")")
        #expect(line?.contains("gone.mp4: No such file or directory") == true, "\(line ?? "no error")")
        #expect(try flashes(path).count == 1)
        #expect(try fileNames(in: folder.path("")) == [name], "no temporary may stay")
    }
}
