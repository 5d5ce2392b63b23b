import Frames
import System
import TestSupport
import Testing

@testable import Capture

@Suite("Video through ffmpeg, and what a path means", .timeLimit(.minutes(5)))
struct FFmpegVideoTests {
    /// A folder with a program of that name which runs `script`; also the search path that finds it first.
    private func fake(_ script: String, in folder: borrowing TemporaryFolder) throws -> String {
        try writeScript(script, to: folder.path("ffmpeg"))
        try writeFile("a video".utf8, to: folder.path("clip.mp4"))
        return "\(folder.path("")):\(testSearchPath)"
    }

    private func makeClip(_ arguments: [String], at path: String) throws {
        let program = try #require(ChildProcess.find("ffmpeg", searchPath: testSearchPath))
        let arguments =
            ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1"] + arguments + [path]
        let child = try ChildProcess(program, arguments: arguments, pipe: .standardInput, searchPath: testSearchPath)
        try #require(child.wait(seconds: 60) == .exited(0), "\(child.lastComplaint ?? "")")
    }

    private func count(_ source: any FrameSource) throws -> Int {
        var count = 0
        while let frame = try source.next() {
            #expect(frame.size == source.size)
            count += 1
        }
        return count
    }

    @Test(.enabled(if: hasFFmpeg)) func readsAVideo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.mkv")
        try makeClip(["-pix_fmt", "yuv420p"], at: path)
        let source = try openVideo(path, searchPath: testSearchPath)
        #expect(source.size == FrameSize(width: 64, height: 48) && source.frameRate == FrameRate(10))
        #expect(source.frameCount == nil)
        #expect(source.expectedFrameCount == 10, "what the container says")
        #expect(try count(source) == 10)
        #expect(try source.next() == nil, "stays at the end")
    }

    @Test(
        .enabled(if: hasFFmpeg),
        arguments: [
            ("clip.mkv", "scale=out_color_matrix=bt601", ["-pix_fmt", "yuv420p", "-c:v", "ffv1"]),
            (
                "tagged.mp4", "scale=out_color_matrix=bt709",
                ["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv"]
            ),
            ("full.avi", "scale=out_color_matrix=bt601:out_range=pc", ["-pix_fmt", "yuvj420p", "-c:v", "mjpeg"]),
            ("ten.mkv", "scale=out_color_matrix=bt601", ["-pix_fmt", "yuv420p10le", "-c:v", "ffv1"]),
            ("rgb.mkv", "null", ["-pix_fmt", "gbrp", "-c:v", "ffv1"]),
            ("clip.gif", "null", []),
        ])
    func keepsColours(_ name: String, _ filter: String, _ encoding: [String]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(name)
        try makeClip(["-vf", "format=rgb24,drawbox=color=0xC85A28:t=fill,\(filter)"] + encoding, at: path)
        let frame = try #require(try openVideo(path, searchPath: testSearchPath).next())
        let pixel = frame.pixels.pixel(30, 20)
        let difference = zip(pixel, [200, 90, 40]).map { abs(Int($0) - $1) }.max() ?? 256
        // A GIF's palette holds only so many colours.
        #expect(difference <= (name == "clip.gif" ? 8 : 4), "\(name): \(pixel), expected about 200, 90, 40")
    }

    /// Whatever its name says.
    @Test(.enabled(if: hasFFmpeg)) func aPictureIsToldByWhatItIs() throws {
        let folder = try TemporaryFolder()
        for (name, format, frames) in [
            ("one.jpg", ["-frames:v", "1", "-c:v", "libwebp", "-f", "webp"], 1),
            ("one.mp4", ["-frames:v", "1", "-c:v", "png", "-f", "image2"], 1),
            ("many.png", ["-frames:v", "4", "-f", "apng"], 4),
        ] {
            try makeClip(format, at: folder.path(name))
            let source = try openVideo(folder.path(name), searchPath: testSearchPath)
            #expect(source.size == FrameSize(width: 64, height: 48))
            #expect(try count(source) == frames, "\(name)")
        }
        try makeFolder(folder.path("pictures"))
        try makeClip(["-frames:v", "1", "-c:v", "libwebp", "-f", "webp"], at: folder.path("pictures/1.png"))
        #expect(try count(openVideo(folder.path("pictures"), searchPath: testSearchPath)) == 1)
        #expect(try count(openVideo(folder.path("many.png"), searchPath: "")) == 1, "its first one, without ffmpeg")
    }

    @Test(.enabled(if: hasFFmpeg)) func whatIsCutShortIsTold() throws {
        let folder = try TemporaryFolder()
        for (name, format) in [
            ("whole.mkv", ["-c:v", "ffv1"]), ("fast.mp4", ["-pix_fmt", "yuv420p", "-movflags", "+faststart"]),
        ] {
            let path = folder.path(name)
            try makeClip(format, at: path)
            let whole = try openVideo(path, searchPath: testSearchPath)
            #expect(try count(whole) == 10 && whole.shortfall == nil)
            try writeFile(Array(readFile(path).dropLast(fileSize(path)! / 10)), to: path)
            let cut = try openVideo(path, searchPath: testSearchPath)
            #expect(try count(cut) < 10)
            #expect(
                cut.shortfall?.hasPrefix("it is cut short, or damaged (ffmpeg: ") == true, "\(cut.shortfall ?? "none")")
        }
        try makeClip(["-pix_fmt", "yuv420p"], at: folder.path("slow.mp4"))
        try writeFile(readFile(folder.path("slow.mp4")).prefix(600), to: folder.path("slow.mp4"))
        let line = failureLine { _ = try openVideo(folder.path("slow.mp4"), searchPath: testSearchPath) }
        #expect(
            line?.hasSuffix(
                "its end is missing, where its index is (ffmpeg: moov atom not found); copy or download it again")
                == true, "\(line ?? "none")")
    }

    @Test(arguments: [
        ("empty.mp4", "the file is empty (0 bytes); give a video, or a picture"),
        ("logitech", "there is no such file or folder, and no camera is called so; check the path, or see"),
        ("rtsp://host/stream", "it is an address on the network, not a file; let ffmpeg receive it: "),
    ])
    func whatIsNoVideoIsNamed(_ name: String, _ reason: String) throws {
        let folder = try TemporaryFolder()
        let path = name.hasSuffix(".mp4") ? folder.path(name) : name
        if path != name { try writeFile([UInt8](), to: path) }
        let line = failureLine { _ = try openVideo(path, searchPath: testSearchPath) }
        #expect(line?.hasPrefix("\(path): \(reason)") == true, "\(line ?? "none")")
    }

    @Test(.enabled(if: hasFFmpeg)) func turnsPhoneVideoUpright() throws {
        let folder = try TemporaryFolder()
        let (flat, turned) = (folder.path("flat.mp4"), folder.path("turned.mp4"))
        try makeClip(["-pix_fmt", "yuv420p"], at: flat)
        let program = try #require(ChildProcess.find("ffmpeg", searchPath: testSearchPath))
        let child = try ChildProcess(
            program, arguments: ["-v", "error", "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned],
            pipe: .standardInput, searchPath: testSearchPath)
        try #require(child.wait(seconds: 60) == .exited(0))
        #expect(try openVideo(turned, searchPath: testSearchPath).size == FrameSize(width: 48, height: 64))
    }

    @Test(.enabled(if: hasFFmpeg), arguments: [("4/3", 86), ("1/2", 32), ("1", 64), ("0", 64)])
    func makesPixelsSquare(_ aspect: String, _ width: Int) throws {
        let folder = try TemporaryFolder()
        let clip = folder.path("clip.mkv")
        try makeClip(["-vf", "setsar=\(aspect)", "-c:v", "ffv1"], at: clip)
        let size = try FFmpegVideo(path: clip, searchPath: testSearchPath).size
        #expect(size == FrameSize(width: width, height: 48))
    }

    @Test(.enabled(if: hasFFmpeg)) func makesPixelsOfY4MSquare() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try makeClip(["-vf", "setsar=4/3", "-pix_fmt", "yuv420p"], at: path)
        #expect(try openVideo(path, searchPath: testSearchPath).size == FrameSize(width: 86, height: 48))
        let line = failureLine { _ = try openVideo(path, searchPath: "") }
        #expect(line?.hasPrefix("\(path): its pixels are not square (tag A)") == true, "\(line ?? "none")")
    }

    /// A Matroska file with filler where its track says how long a frame is shown: browsers' recorders write no such thing.
    private func withoutDefaultDuration(_ file: [UInt8]) -> [UInt8] {
        let (element, filler): ([UInt8], [UInt8]) = ([0x23, 0xE3, 0x83, 0x84], [0xEC, 0x86])
        guard let start = (0..<file.count - 8).first(where: { file[$0...].starts(with: element) }) else { return file }
        return file[..<start] + filler + [UInt8](repeating: 0, count: 6) + file[(start + 8)...]
    }

    /// The container's time base is no rate.
    @Test(.enabled(if: hasFFmpeg)) func everyFrameOnceWhereTheRateIsNonsense() throws {
        let folder = try TemporaryFolder()
        let (jittery, uneven) = (folder.path("recorded.mkv"), folder.path("uneven.gif"))
        try makeClip(["-vf", "settb=1/1000,setpts='N*100+20*mod(N,2)'", "-vsync", "vfr", "-c:v", "ffv1"], at: jittery)
        try writeFile(withoutDefaultDuration(readFile(jittery)), to: jittery)
        try makeClip(["-vf", "setpts='(N+2*floor(N/3))/10/TB'", "-vsync", "vfr"], at: uneven)
        for (path, rate) in [(jittery, 9.5...10.5), (uneven, 5.0...7.0)] {
            let source = try openVideo(path, searchPath: testSearchPath)
            #expect(rate.contains(source.frameRate.framesPerSecond), "\(path): \(source.frameRate)")
            #expect(try count(source) == 10, "\(path)")
        }
    }

    @Test(
        arguments: [
            (
                "#tb 0: 1/1000\n0, 0, 0, 0, 9, 0x1\n0, 42, 42, 0, 9, 0x1\n0, 66, 66, 0, 9, 0x1",
                FFmpegTimeStamps.Pace(mean: FrameRate(30))
            ),
            (
                "#tb 0: 1/15360\n0, -512, 0, 512, 9, 0x1\n0, 0, 1024, 512, 9, 0x1\n0, 512, 512, 512, 9, 0x1",
                FFmpegTimeStamps.Pace(mean: FrameRate(30))
            ),
            (
                "#tb 0: 1/100\n0, 0, 0, 0, 9, 0x1\n0, 15, 15, 0, 9, 0x1",
                FFmpegTimeStamps.Pace(mean: FrameRate(6667, over: 1000))
            ),
            (
                "#tb 0: 1/10\n" + [0, 1, 2, 3, 4, 6, 8, 10].map { "0, 0, \($0), 0, 9, 0x1\n" }.joined(),
                FFmpegTimeStamps.Pace(mean: FrameRate(7000, over: 1000), closest: FrameRate(10))
            ),
            ("#tb 0: 1/1000\n0, 0, 0, 0, 9, 0x1", nil), ("0, 0, 0, 0, 9, 0x1\n0, 42, 42, 0, 9, 0x1", nil), ("", nil),
            ("#tb 0: 0/0\n0, 0, 0, 0, 9, 0x1\n0, 42, 42, 0, 9, 0x1", nil),
        ] as [(String, FFmpegTimeStamps.Pace?)])
    func paceByTimeStamps(_ list: String, _ pace: FFmpegTimeStamps.Pace?) {
        #expect(FFmpegTimeStamps.pace(ofList: list) == pace, "\(list)")
    }

    /// Each picture comes when it is shown in the file: the sound is in step with that.
    @Test(
        .enabled(if: hasFFmpeg), arguments: ["not(eq(n,3)+eq(n,4)+eq(n,8))", "lt(n,4)+eq(mod(n,2),0)"], [true, false])
    func whatIsMissingIsTheFrameBefore(_ kept: String, _ statesRate: Bool) throws {
        let folder = try TemporaryFolder()
        let (whole, holes) = (folder.path("whole.mkv"), folder.path("holes.mkv"))
        try makeClip(["-c:v", "ffv1"], at: whole)
        try makeClip(["-vf", "settb=1/1000,select='\(kept)'", "-vsync", "passthrough", "-c:v", "ffv1"], at: holes)
        if !statesRate { try writeFile(withoutDefaultDuration(readFile(holes)), to: holes) }
        let (expected, found) = (try pictures(whole), try pictures(holes))
        let rate = try openVideo(holes, searchPath: testSearchPath).frameRate
        #expect((9...10).contains(found.count) && rate == FrameRate(10), "\(found.count) at \(rate)")
        let present = kept.hasPrefix("not") ? [0, 1, 2, 2, 2, 5, 6, 7, 7, 9] : [0, 1, 2, 3, 4, 4, 6, 6, 8, 8]
        for (index, picture) in found.enumerated() {
            #expect(expected.firstIndex { $0 == picture } == present[index], "\(index)")
        }
    }

    private func pictures(_ path: String) throws -> [[UInt8]] {
        let source = try openVideo(path, searchPath: testSearchPath)
        var all: [[UInt8]] = []
        while let frame = try source.next() { all.append(frame.pixels.withBytes { Array($0) }) }
        return all
    }

    @Test(.enabled(if: hasFFmpeg)) func soundIsNoVideo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("song.wav")
        let program = try #require(ChildProcess.find("ffmpeg", searchPath: testSearchPath))
        let child = try ChildProcess(
            program, arguments: ["-v", "error", "-f", "lavfi", "-i", "sine=duration=1", path], pipe: .standardInput,
            searchPath: testSearchPath)
        try #require(child.wait(seconds: 60) == .exited(0))
        let line = failureLine { _ = try openVideo(path, searchPath: testSearchPath) }
        #expect(line?.hasPrefix("\(path): there are no moving pictures in it") == true, "\(line ?? "none")")
    }

    @Test(.enabled(if: hasFFmpeg)) func deinterlaces() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.mpg")
        try makeClip(["-c:v", "mpeg2video", "-r", "25", "-flags", "+ildct+ilme", "-top", "1"], at: path)
        #expect(try count(openVideo(path, searchPath: testSearchPath)) >= 24)
    }

    @Test(.enabled(if: hasFFmpeg)) func passesOnWhatFFmpegSays() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.mp4")
        try writeFile("this is no video".utf8, to: path)
        let line = try #require(failureLine { _ = try openVideo(path, searchPath: testSearchPath) })
        #expect(line.hasPrefix("\(path): ffmpeg cannot read it: "), "\(line)")
        #expect(!line.contains("@ 0x"), "no address of ffmpeg's: \(line)")
    }

    @Test func saysWhatToInstall() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.mp4")
        try writeFile("a video".utf8, to: path)
        let line = failureLine { _ = try openVideo(path, searchPath: "/nonexistent") }
        #expect(line?.hasSuffix("install ffmpeg, or convert the file to .y4m") == true, "\(line ?? "no error")")
    }

    @Test func failureInTheMiddleIsAnError() throws {
        let folder = try TemporaryFolder()
        let searchPath = try fake(
            "printf 'YUV4MPEG2 W1 H1 F5:1 Cmono\\nFRAME\\nxFRAME\\ny'; echo the disk came loose >&2; exit 9", in: folder
        )
        let path = folder.path("clip.mp4")
        let source = try openVideo(path, searchPath: searchPath)
        _ = try source.next()
        _ = try source.next()
        let line = failureLine { _ = try source.next() }
        #expect(line == "\(path): ffmpeg cannot read it: the disk came loose; check that it is a video and plays")
    }

    @Test func failureInsideAFrameIsAnError() throws {
        let folder = try TemporaryFolder()
        let searchPath = try fake(
            "printf 'YUV4MPEG2 W8 H8 F5:1 Cmono\\nFRAME\\nx'; echo broken >&2; exit 9", in: folder)
        let source = try openVideo(folder.path("clip.mp4"), searchPath: searchPath)
        #expect(failureLine { _ = try source.next() }?.contains("ffmpeg cannot read it: broken") == true)
    }

    @Test func openVideoTellsPathsApart() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("none.mp4")
        let line = failureLine { _ = try openVideo(missing, searchPath: "") }
        #expect(line == "\(missing): there is no such file or folder; check the path")
        let y4m = folder.path("clip.Y4M")
        try writeFile("YUV4MPEG2 W1 H1 Cmono\n".utf8, to: y4m)
        #expect(try openVideo(y4m, searchPath: "") is Y4MReader)
        try makeFolder(folder.path("pictures"))
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 2)).asFrame(), to: folder.path("pictures/1.png"))
        #expect(try openVideo(folder.path("pictures"), searchPath: "") is ImageFolder)
        let still = folder.path("shot%d.png")
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 2)).asFrame(), to: still)
        #expect(try count(openVideo(still, searchPath: "")) == 1, "a picture, and no pattern of ffmpeg's")
        try withPipe(carrying: Array("YUV4MPEG2 W1 H1 Cmono\nFRAME\nx".utf8)) { descriptor in
            let source = try openVideo("-", standardInput: descriptor, searchPath: "")
            #expect(source.name == "standard input")
            #expect(try count(source) == 1)
        }
    }
}
