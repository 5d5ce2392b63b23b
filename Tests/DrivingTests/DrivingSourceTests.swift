import Frames
import Glibc
import TestSupport
import Testing

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
}
