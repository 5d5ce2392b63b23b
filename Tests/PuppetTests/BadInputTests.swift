import TestSupport
import Testing

/// A run that cannot work, and the one line it has to print.
struct BadRun: Sendable, CustomTestStringConvertible {
    var avatar = "face.png"
    var driving = "clip.y4m"
    var output = "-"
    var options: [String] = []
    let line: String

    var testDescription: String { line }

    static let avatars = [
        BadRun(avatar: "missing.png", line: "missing.png: there is no such file; check the path"),
        BadRun(avatar: "empty.png", line: "empty.png: the file is empty (0 bytes); give a PNG or JPEG picture"),
        BadRun(
            avatar: "cut.png",
            line: "cut.png: the PNG is damaged or cut short (read beyond end of data); "
                + "copy it again, or open it in an image editor and save it anew"),
        BadRun(
            avatar: "text.png",
            line: "text.png: not a picture; give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file"),
        BadRun(
            avatar: "clip.y4m",
            line: "clip.y4m: not a picture; give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file"),
        BadRun(
            avatar: "nothing",
            line: "nothing: the folder has no picture in it; put portraits there, or name one"),
        BadRun(
            avatar: "huge.png",
            line: "huge.png: the picture is 20000x20000, more than 64 megapixels; scale it down"),
    ]

    static let drivers = [
        BadRun(driving: "missing.y4m", line: "missing.y4m: there is no such file or folder; check the path"),
        BadRun(
            driving: "nothing",
            line: "nothing: the folder has no PNG or JPEG pictures; "
                + "give a folder of numbered pictures"),
        BadRun(driving: "-", line: "standard input: the stream is empty (0 bytes); give a Y4M file or stream"),
        BadRun(driving: "empty.y4m", line: "empty.y4m: the stream is empty (0 bytes); give a Y4M file or stream"),
        BadRun(
            driving: "cut-header.y4m",
            line: "cut-header.y4m: the stream ends within its header; copy or write it again"),
        BadRun(
            driving: "nonsense.y4m",
            line: "nonsense.y4m: not a Y4M stream: it does not start with YUV4MPEG2; give a Y4M file or stream"),
        BadRun(
            driving: "ten-bit.y4m",
            line: "ten-bit.y4m: the pixel format C420p10 is not supported; "
                + "convert it to 8-bit 4:2:0, for example with ffmpeg -pix_fmt yuv420p"),
        BadRun(
            driving: "interlaced.y4m",
            line: "interlaced.y4m: interlaced video (It) is not supported; "
                + "deinterlace it first, for example with ffmpeg -vf yadif"),
        BadRun(
            driving: "huge.y4m",
            line: "huge.y4m: its frames are 100000x100000, more than 64 megapixels; scale it down"),
        BadRun(
            driving: "no-frames.y4m", output: "null",
            line: "no-frames.y4m: has no frames; give a video that has some"),
        BadRun(
            driving: "cut-frame.y4m", output: "out.y4m",
            line: "cut-frame.y4m: frame 4 is cut short: 6144 bytes expected, 1000 there; copy or write it again"),
        BadRun(
            driving: "/dev/video63", options: ["--frames", "2"],
            line: "/dev/video63: there is no such camera; plug it in, or see which there are with 'puppet devices'"),
        BadRun(
            options: ["--calibration-frame", "10"],
            line: "clip.y4m: has 10 frames and no frame 10; calibrate on an earlier one; they are counted from 0"),
        BadRun(
            driving: "-", options: ["--calibration-frame", "best"],
            line: "standard input: cannot be looked through for a calibration frame before it is used; "
                + "write it to a file first, or calibrate on frame 0"),
    ]

    static let outputs = [
        BadRun(
            output: "face.png/out.y4m",
            line: "face.png/out.y4m: cannot use this place: Not a directory; "
                + "choose another"),
        BadRun(
            output: "face.png/folder",
            line: "face.png/folder: cannot use this place: Not a directory; "
                + "choose another"),
        BadRun(
            output: "absent/out.y4m",
            line: "absent/out.y4m: cannot create the file: No such file or directory; create its folder first"),
        BadRun(
            output: "/proc/folder",
            line: "/proc/folder: cannot create the folder: No such file or directory; choose another place"),
        BadRun(output: "out.jpg", line: "out.jpg: one picture cannot hold a video; give a folder or a video file"),
        BadRun(
            output: "plain",
            line: "plain: it is a file whose name has no extension; "
                + "give .y4m, .mp4 or another video extension, or a folder"),
        BadRun(
            output: "/dev/video7",
            line: "/dev/video7: a loopback camera takes live pictures only; "
                + "use puppet --output /dev/video7, without animate"),
        BadRun(
            output: "/dev/nosuch",
            line: "/dev/nosuch: there is no such device; give the name of a file or folder"),
        BadRun(
            output: "/dev/full",
            line: "/dev/full: cannot write to it: No space left on device; free some space or choose another disk"),
        BadRun(
            output: "null", options: ["--stats", "absent/stats.jsonl"],
            line: "absent/stats.jsonl: cannot create the file: No such file or directory; create its folder first"),
        BadRun(
            options: ["--contact-sheet", "absent/sheet.png"],
            line: "absent/sheet.png: cannot create the file: No such file or directory; create its folder first"),
        BadRun(
            output: "null", options: ["--size", "60"],
            line: "--size 60: the model cannot halve it as often as it has to (3 halvings of 15 pixels are not whole "
                + "numbers); give a multiple of 64, or of 128 for a published model"),
    ]
}

extension PuppetTests {
    @Suite("Input that cannot work: one line, nothing left behind")
    struct BadInput {
        @Test(arguments: BadRun.avatars + BadRun.drivers + BadRun.outputs)
        func failsWithOneLine(_ bad: BadRun) throws {
            let bench = try Workbench()
            try writeBadFiles(bench)
            let before = try bench.newNames()
            let arguments =
                ["animate"] + Workbench.tiny + bad.options
                + ["--avatar", bad.avatar, "--driving", bad.driving, "--output", bad.output]
            expectFailure(try bench.run(arguments), bad.line, arguments)
            #expect(try bench.newNames() == before, "something was left behind")
        }

        /// But for what only shows once it runs: live, a video without frames is simply over.
        @Test(arguments: (BadRun.avatars + BadRun.drivers).filter { $0.output == "-" })
        func failsLiveWithTheSameLine(_ bad: BadRun) throws {
            let bench = try Workbench()
            try writeBadFiles(bench)
            let arguments =
                ["run"] + Workbench.tiny + bad.options
                + ["--avatar", bad.avatar, "--camera", bad.driving, "--output", "null"]
            expectFailure(try bench.run(arguments), bad.line, arguments)
        }

        /// What was made before the damage is worth keeping, unlike in a file that is to be complete.
        @Test func aLiveRunKeepsWhatItMadeBeforeTheDamage() throws {
            let bench = try Workbench()
            try writeBadFiles(bench)
            let result = try bench.run(["run"] + Workbench.tiny + ["--camera", "cut-frame.y4m", "--output", "out.y4m"])
            expectFailure(
                result, "cut-frame.y4m: frame 4 is cut short: 6144 bytes expected, 1000 there; copy or write it again")
            let frames = countY4MFrames(try readFile(bench.path("out.y4m")))
            #expect(frames.map { (1...3).contains($0) } == true, "frames: \(String(describing: frames))")
        }

        @Test func aPictureOfOnePixelIsAPortrait() throws {
            let bench = try Workbench()
            var one = PNGBuilder(width: 1, height: 1, .rgb)
            try bench.write(one.finish(rows: [[200, 120, 90]]), "one.png")
            let video = try bench.animate(["--avatar", "one.png", "--driving", "clip.y4m", "--output", "-"])
            #expect(countY4MFrames(video) == Workbench.frameCount)
        }

        /// A header that promises 1.2 GB of pixels must not cost more than one that promises nothing.
        @Test func aHugePictureIsRefusedBeforeMemoryIsTaken() throws {
            let bench = try Workbench()
            try writeBadFiles(bench)
            func peak(_ avatar: String) throws -> Int {
                try bench.run(["animate"] + Workbench.tiny + ["--avatar", avatar, "--output", "null"]).peakMemory
            }
            let (usual, huge) = (try peak("empty.png"), try peak("huge.png"))
            #expect(huge < usual + 16_000_000, "\(huge) bytes at its peak, \(usual) for an empty file")
        }

        @Test func garbageVideoIsFFmpegsComplaint() throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            try bench.write(Array("this is no video".utf8), "film.mp4")
            let result = try bench.run(["animate"] + Workbench.tiny + ["--driving", "film.mp4", "--output", "null"])
            #expect(result.ending == .exited(1))
            #expect(result.line?.hasPrefix("puppet: film.mp4: ffmpeg cannot read it: ") == true, "\(result.errors)")
            #expect(result.line?.hasSuffix("; check that it is a video and plays") == true, "\(result.errors)")
        }

        @Test func noDisplayForAWindow() throws {
            let bench = try Workbench()
            let result = try bench.run(["run", "--camera", "test"] + Workbench.tiny + ["--frames", "5"])
            #expect(result.ending == .exited(1))
            #expect(result.line?.hasPrefix("puppet: window: no display was found (") == true, "\(result.errors)")
            #expect(
                result.line?.hasSuffix("; run it in a desktop session, or write to a file with --output FILE") == true,
                "\(result.errors)")
        }

        private func writeBadFiles(_ bench: borrowing Workbench) throws {
            try makeFolder(bench.path("nothing"))
            try bench.write([], "empty.png")
            try bench.write(Array(try readFile(bench.path("face.png")).prefix(150)), "cut.png")
            try bench.write(Array("hello\n".utf8), "text.png")
            try bench.write([], "plain")
            var huge = PNGBuilder(width: 20_000, height: 20_000, .rgb)
            try bench.write(huge.finish(rows: []), "huge.png")

            let clip = Workbench.clip()
            let headerCount = clip.count - Workbench.frameCount * Workbench.frameBytes
            try bench.write([], "empty.y4m")
            try bench.write(Array("hello\n".utf8), "nonsense.y4m")
            try bench.write(Array(clip.prefix(20)), "cut-header.y4m")
            try bench.write(Array(clip.prefix(headerCount)), "no-frames.y4m")
            try bench.write(Array(clip.prefix(headerCount + 3 * Workbench.frameBytes + 6 + 1000)), "cut-frame.y4m")
            try bench.write(Workbench.clip(header: "YUV4MPEG2 W64 H64 F25:1 Ip C420p10"), "ten-bit.y4m")
            try bench.write(Workbench.clip(header: "YUV4MPEG2 W64 H64 F25:1 It C420jpeg"), "interlaced.y4m")
            try bench.write(Workbench.clip(frames: 0, header: "YUV4MPEG2 W100000 H100000 F25:1"), "huge.y4m")
        }
    }
}
