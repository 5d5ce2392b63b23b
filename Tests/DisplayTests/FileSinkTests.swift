import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Display

@Suite("Folders, ffmpeg, and what a path means", .timeLimit(.minutes(5)))
struct FileSinkTests {
    private let size = FrameSize(width: 32, height: 24)

    private func open(_ path: String, searchPath: String = testSearchPath) throws -> any FrameSink {
        try openFileSink(path: path, VideoForm(size, FrameRate(10)), searchPath: searchPath)
    }

    private func write(_ count: Int, to sink: any FrameSink, size: FrameSize? = nil) throws {
        let picture = PixelBuffer.smooth(size ?? self.size)
        for sequence in 0..<count { try sink.write(picture.asFrame(sequence)) }
    }

    @Test func pngFolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a/b/out")
        let sink = try open(path)
        try write(3, to: sink)
        try sink.finish()
        #expect(try fileNames(in: path) == ["000001.png", "000002.png", "000003.png"])
        #expect(try ImageFile.read(path + "/000002.png").bytes == PixelBuffer.smooth(size).bytes)
        let again = try open(path)
        try write(1, to: again)
        again.cancel()
        #expect(try fileNames(in: path).count == 3, "complete pictures stay")
    }

    /// Each would be a folder of that name.
    @Test(arguments: [
        ("rtmp://example.org/live", "it is an address on the network, not a file; say --output - and let ffmpeg send"),
        ("a.bmp", "one picture cannot hold a video; give"), ("a.TIFF", "one picture cannot hold a video; give"),
        ("a.m3u8", "it would be a list of many files, which are not complete before the last one; write .mp4"),
        ("a.mpd", "it would be a list of many files, which are not complete before the last one; write .mp4"),
        ("pipe:1", "that is ffmpeg's word for standard output; say -"),
        (".mp4", "that is an extension without a name; give a name, such as avatar.mp4"),
        ("mp4", "that is an extension without a name; give a name, such as avatar.mp4"),
        ("out/.MKV", "that is an extension without a name; give a name, such as avatar.MKV"),
        ("rtmp:/x", "it is an address on the network, not a file"), ("HTTP:x", "it is an address on the network"),
    ])
    func whatMeansSomethingElseIsRefused(_ path: String, _ reason: String) {
        let line = failureLine { _ = try open(path) }
        #expect(line?.hasPrefix("\(path): \(reason)") == true, "\(line ?? "no error")")
    }

    @Test func pngFolderThatCannotBe() throws {
        let folder = try TemporaryFolder()
        try writeFile("x".utf8, to: folder.path("file"))
        let below = folder.path("file/out")
        let line = failureLine { _ = try PNGFolder(path: below) }
        #expect(line?.hasPrefix("\(below): cannot create the folder: Not a directory") == true, "\(line ?? "no error")")
        #expect(failureLine { _ = try PNGFolder(path: "/proc/none/out") }?.contains("cannot create the folder") == true)
    }

    @Test func pathsAreToldApart() throws {
        let folder = try TemporaryFolder()
        #expect(try open("null") is NullSink)
        #expect(try open(folder.path("clip.Y4M")) is Y4MWriter)
        #expect(try open("/dev/null") is Y4MWriter)
        #expect(try open(folder.path("frames")) is PNGFolder)
        #expect(try open(folder.path("frames.v2") + "/") is PNGFolder)
        try makeFolder(folder.path("old.mp4"))
        #expect(try open(folder.path("old.mp4")) is PNGFolder, "a folder is a folder whatever it is called")
        let picture = folder.path("out.png")
        #expect(
            failureLine { _ = try open(picture) }
                == "\(picture): one picture cannot hold a video; give a folder or a video file")
        try writeFile("x".utf8, to: folder.path("plain"))
        #expect(failureLine { _ = try open(folder.path("plain")) }?.contains("whose name has no extension") == true)
        #expect(try readFile(folder.path("plain")) == Array("x".utf8), "what was there stays")
        let missing = folder.path("none/clip.y4m")
        #expect(failureLine { _ = try open(missing) }?.hasPrefix("\(missing): cannot create the file") == true)
        let video = folder.path("clip.mp4")
        #expect(failureLine { _ = try open(video, searchPath: "") }?.contains("install ffmpeg, or write .y4m") == true)
    }

    @Test(.enabled(if: hasFFmpeg), arguments: ["clip.mp4", "clip.mkv", "clip.webm"])
    func encodes(_ name: String) throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        let path = folder.path(name)
        let sink = try open(path)
        try write(10, to: sink)
        #expect(!fileExists(path), "nothing under the final name before finish")
        try sink.finish()
        #expect(try fileNames(in: folder.path("")) == [name], "no temporary may stay")
        let source = try openVideo(path, searchPath: testSearchPath)
        #expect(source.size == size && source.frameRate == FrameRate(10))
        let first = try #require(try source.next())
        let difference = first.pixels.maximumDifference(from: PixelBuffer.smooth(size))
        #expect(difference <= 24, "colours must survive but for compression: off by \(difference)")
        var count = 1
        while try source.next() != nil { count += 1 }
        #expect(count == 10)
    }

    @Test(.enabled(if: hasFFmpeg)) func oddSizesAreEncoded() throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        let odd = FrameSize(width: 33, height: 21)
        let path = folder.path("clip.mp4")
        let sink = try openFileSink(path: path, VideoForm(odd, FrameRate(25)), searchPath: testSearchPath)
        try write(3, to: sink, size: odd)
        try sink.finish()
        #expect(try openVideo(path, searchPath: testSearchPath).size == FrameSize(width: 34, height: 22))
    }

    @Test(.enabled(if: hasFFmpeg)) func cancelledEncodingLeavesNothing() throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        let sink = try open(folder.path("clip.mp4"))
        try write(5, to: sink)
        sink.cancel()
        #expect(try fileNames(in: folder.path("")) == [])
    }

    @Test(.enabled(if: hasFFmpeg)) func unknownContainerIsAnError() throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        let line = try #require(
            failureLine {
                let sink = try open(folder.path("clip.xyz"))
                try write(500, to: sink)
                try sink.finish()
            })
        #expect(line.contains("clip.xyz: ffmpeg cannot write it: "), "\(line)")
        #expect(!line.contains(".puppet-"), "a name that only we know: \(line)")
        #expect(try fileNames(in: folder.path("")) == [], "nothing may stay")
    }

    /// As ffmpeg 5 does where only the end of the file does not fit.
    @Test func anEncoderThatEndsWellOnAFullDiskIsAnError() throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("bin"))
        try writeScript(
            "cat >/dev/null; echo 'Error closing file clip.mp4: No space left on device' >&2",
            to: folder.path("bin/ffmpeg"))
        let path = folder.path("clip.mp4")
        let line = failureLine {
            let sink = try open(path, searchPath: "\(folder.path("bin")):\(testSearchPath)")
            try write(5, to: sink)
            do { try sink.finish() } catch {
                #expect(!sink.keep(), "there is nothing that plays")
                throw error
            }
        }
        #expect(line?.contains("No space left on device; choose") == true, "\(line ?? "no error")")
        #expect(try fileNames(in: folder.path("")) == ["bin"], "nothing may stay")
    }

    @Test(arguments: ["echo out of luck >&2; exit 4", "cat >/dev/null; echo out of luck >&2; exit 4"])
    func failingEncoderIsAnError(_ script: String) throws {
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("bin"))
        try writeScript(script, to: folder.path("bin/ffmpeg"))
        let path = folder.path("clip.mp4")
        let searchPath = "\(folder.path("bin")):\(testSearchPath)"
        let line = failureLine {
            let sink = try open(path, searchPath: searchPath)
            try write(500, to: sink)
            try sink.finish()
        }
        #expect(
            line?.hasPrefix("\(path): ffmpeg cannot write it: out of luck; choose") == true, "\(line ?? "no error")")
        #expect(try fileNames(in: folder.path("")) == ["bin"], "nothing may stay")
    }
}
