import Foundation
import Glibc
import TestSupport
import Testing

/// A file system of its own in a folder, gone with the value. Only root may make one.
private struct Mount: ~Copyable {
    let path: String

    /// - Returns: `nil`, after saying why, where this is not allowed.
    init?(at path: String, options: String, readOnly: Bool = false) throws {
        try makeFolder(path)
        guard mount("tmpfs", path, "tmpfs", readOnly ? UInt(MS_RDONLY) : 0, options) == 0 else {
            print("skipping a test that needs a file system of its own: \(String(cString: strerror(errno)))")
            return nil
        }
        self.path = path
    }

    deinit { umount2(path, CInt(MNT_DETACH)) }
}

extension PuppetTests {
    @Suite("Places that cannot be written, and readers that go away")
    struct FullDisks {
        private static let arguments = ["animate"] + Workbench.tiny + ["--avatar", "face.png", "--driving"]

        @Test func aFullDiskKeepsNothing() throws {
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=64k") else { return }
            let result = try bench.run(Self.arguments + ["test", "--output", "disk/out.y4m"])
            expectFailure(
                result,
                "disk/out.y4m: cannot write the file: No space left on device; "
                    + "nothing was kept; free some space or choose another disk")
            #expect(try fileNames(in: disk.path) == [])
        }

        @Test func aFullDiskKeepsCompletePicturesOfAFolder() throws {
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=128k") else { return }
            let result = try bench.run(Self.arguments + ["test", "--output", "disk/pictures"])
            #expect(result.ending == .exited(1))
            let line =
                /puppet: disk\/pictures\/[0-9]{6}\.png: cannot (write|create) the file: No space left on device; the [0-9]+ before it are complete, and stay/
            #expect(result.line?.wholeMatch(of: line) != nil, "\(result.errors)")
            #expect(try fileNames(in: disk.path + "/pictures").allSatisfy { !$0.hasPrefix(".") })
        }

        @Test func aReadOnlyDiskIsNamed() throws {
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=1m", readOnly: true) else { return }
            expectFailure(
                try bench.run(Self.arguments + ["clip.y4m", "--output", "disk/out.y4m"]),
                "disk/out.y4m: cannot create the file: Read-only file system; choose a folder that you may write to")
            expectFailure(
                try bench.run(Self.arguments + ["clip.y4m", "--output", "disk/pictures"]),
                "disk/pictures: cannot create the folder: Read-only file system; choose another place")
            _ = disk.path
        }

        @Test(arguments: ["animate", "run"])
        func aFullDeviceAsStandardOutput(_ command: String) throws {
            let bench = try Workbench()
            let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
            defer { close(full) }
            let result = try bench.run(
                [command] + Workbench.tiny + ["--driving", "clip.y4m", "--output", "-"], output: full)
            expectFailure(
                result,
                "standard output: cannot write to it: No space left on device; free some space or choose another disk")
        }

        /// As with `| head -c 1000`.
        @Test(arguments: ["animate", "run"])
        func aReaderThatGoesAway(_ command: String) throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let run = try bench.start(
                [command] + Workbench.tiny + [
                    "--driving", "test", "--fps", "100", "--output", "-", "--output", "o.y4m",
                ],
                output: pipe.fileHandleForWriting.fileDescriptor)
            try pipe.fileHandleForWriting.close()
            let start = try #require(try pipe.fileHandleForReading.read(upToCount: 1000))
            #expect(start.starts(with: "YUV4MPEG2 W64 H64 F100:1 ".utf8))
            try pipe.fileHandleForReading.close()
            let line = "standard output: its reader has gone: Broken pipe; let the reader run to the end"
            guard command == "run" else {
                expectFailure(try run.wait(seconds: 20), line)
                #expect(try bench.newNames() == [], "a clip would be incomplete")
                return
            }
            // Live, the other output goes on.
            try waitUntil("the user is told") { run.errorsSoFar.contains("reader has gone") }
            run.send(SIGINT)
            let result = try run.wait(seconds: 20)
            #expect(result.ending == .exited(1))
            #expect(result.complaints == ["puppet: \(line); the other outputs go on"], "\(result.errors)")
            #expect(countY4MFrames(try readFile(bench.path("o.y4m"))).map { $0 > 0 } == true)
        }

        @Test func aFullDiskKeepsALiveRecordingThatPlays() throws {
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=64k") else { return }
            let run = try bench.start(
                ["run"] + Workbench.tiny + ["--camera", "test", "--output", "disk/out.y4m", "--output", "o.y4m"])
            try waitUntil("the user is told") { run.errorsSoFar.contains("No space left") }
            run.send(SIGINT)
            let result = try run.wait(seconds: 20)
            #expect(result.ending == .exited(1))
            #expect(
                result.complaints == [
                    "puppet: disk/out.y4m: cannot write the file: No space left on device; "
                        + "what was written before it is kept; the other outputs go on"
                ], "\(result.errors)")
            #expect(try fileNames(in: disk.path) == ["out.y4m"])
            #expect(countY4MFrames(try readFile(disk.path + "/out.y4m")).map { $0 > 0 } == true)
            #expect(countY4MFrames(try readFile(bench.path("o.y4m"))).map { $0 > 0 } == true)
        }

        @Test func aFullDiskKeepsALiveVideoThatPlays() throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=40k") else { return }
            let run = try bench.start(
                ["run"] + Workbench.tiny + [
                    "--camera", "test", "--fps", "100", "--on-lost", "follow", "--output", "disk/out.mp4",
                ])
            let result = try run.wait(seconds: 120)
            #expect(result.ending == .exited(1))
            let line = /puppet: disk\/out.mp4: .*No space left on device; what was written before it is kept/
            #expect(result.line?.wholeMatch(of: line) != nil, "\(result.errors)")
            let decoded = Program("ffmpeg")?.run(
                ["-v", "quiet", "-i", disk.path + "/out.mp4", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"])
            let frames = (decoded?.output.count ?? 0) / (Workbench.side * Workbench.side)
            #expect(frames >= 10, "\(frames) frames play")
        }

        /// The only output: the run ends.
        @Test func aFullDiskEndsARunWithoutOtherOutputs() throws {
            let bench = try Workbench()
            guard let disk = try Mount(at: bench.path("disk"), options: "size=64k") else { return }
            let result = try bench.run(["run"] + Workbench.tiny + ["--camera", "test", "--output", "disk/out.y4m"])
            expectFailure(
                result,
                "disk/out.y4m: cannot write the file: No space left on device; what was written before it is kept")
            #expect(countY4MFrames(try readFile(disk.path + "/out.y4m")).map { $0 > 0 } == true)
        }
    }
}
