import Frames
import Glibc
import TestSupport
import Testing

@testable import Capture
@testable import Driving

@Suite("What the name of a driver stands for")
struct DrivingSourceTests {
    private func source(_ name: String) -> DrivingSource {
        DrivingSource(name, rate: nil, size: FrameSize(square: 64), searchPath: "")
    }

    @Test(arguments: ["/dev/video0", "/dev/video63", "/dev/v4l/by-id/none", "/dev/null"])
    func devicesAreCameras(_ name: String) {
        #expect(source(name).kind == .camera(name) && !source(name).canRewind)
    }

    @Test func theTestCameraIsItsOwn() {
        #expect(source("test").kind == .testCamera && source("test").canRewind)
    }

    @Test(arguments: ["/dev/shm/puppet-none.mp4", "/dev/fd/777", "/devices/a.mp4", "video0"])
    func otherPathsAreVideo(_ name: String) {
        #expect(source(name).kind == .video(name))
    }

    /// A shell's `<(...)`, and what it is short for.
    @Test func pipesAreVideoThatComesOnce() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        for name in [folder.path("pipe"), "/dev/fd/\(ends[0])", "-"] {
            #expect(source(name).kind == .video(name) && !source(name).canRewind, "\(name)")
        }
        try writeFile([], to: folder.path("clip.mp4"))
        #expect(source(folder.path("clip.mp4")).canRewind)
    }

    /// Frames are counted on, and an empty clip does not begin again for ever.
    @Test func aClipBeginsAgain() throws {
        let folder = try TemporaryFolder()
        for (number, value) in [10, 90, 200].enumerated() {
            let pixels = PixelBuffer(size: FrameSize(square: 64)) {
                $0.initializeMemory(as: UInt8.self, repeating: UInt8(value))
            }
            try PNGFile.write(pixels.asFrame(), to: folder.path("\(number).png"))
        }
        let clip = source(folder.url.path)
        let looped = try clip.open(loops: true)
        let frames = try (0..<7).map { _ in try #require(try looped.next()) }
        #expect(frames.map(\.sequence) == Array(0..<7))
        #expect(frames.map { $0.pixels.withBytes { $0[0] } } == [10, 90, 200, 10, 90, 200, 10])
        #expect(looped.frameCount == nil && looped.sound == nil)
        let once = try clip.open()
        #expect(try (0..<4).map { _ in try once.next()?.sequence } == [0, 1, 2, nil])
        let path = folder.path("empty.y4m")
        try writeFile(Array("YUV4MPEG2 W64 H64 F25:1 Ip C420jpeg\n".utf8), to: path)
        let empty = try LoopedSource { try Y4MReader(path: path) }
        #expect(try empty.next() == nil)
    }
}
