import DrivingSupport
import Foundation
import Frames
import Logging
import TestSupport
import Testing

@testable import Driving
@testable import Live

@Suite("What puppet ctl does to a run", .timeLimit(.minutes(5)))
struct CommandDeskTests {
    /// The way of a command from `puppet ctl` to the pipeline, through a real socket.
    @Test func aRunObeysAndQuits() throws {
        let folder = try TemporaryFolder()
        let sockets = ControlSocket(environment: ["XDG_RUNTIME_DIR": folder.url.path])
        var observer = LiveObserver()
        let feed = WindowFeed()
        let (latest, reports) = (LatestReport(), Collected<TrackingReport>())
        observer.onTracked = { report in
            latest.set(report)
            reports.append(report)
        }
        let pipeline = try LivePipeline(
            TestModel.tiny(), avatars: AvatarList(nil), driving: .testCamera(rate: 50),
            settings: LivePipeline.Settings(), makeOutputs: { _ in [] }, observer: observer)
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let desk = CommandDesk(
            pipeline, try VirtualCameras([], settings: .init(), quiet), latest, feed, isMirrored: false,
            kept: KeptFolders(pictures: folder.url.path, videos: folder.url.path), quiet)
        let server = try ControlServer(sockets, handle: desk.obey)
        let client = ControlClient(sockets)
        func ask(_ line: String) throws -> CommandAnswer {
            try client.send([line], to: getpid())
        }
        /// Waits until a frame shows that a command has come through.
        func shows(_ what: (TrackingReport) -> Bool) -> Bool {
            for _ in 0..<6000 {
                if reports.all.suffix(3).contains(where: what) { return true }
                usleep(10_000)
            }
            return false
        }

        pipeline.start()
        #expect(shows { $0.calibration == .done }, "it runs")
        #expect(try ask("passthrough on") == .done())
        #expect(shows { $0.isPassthrough }, "the real face, because it was asked for")
        #expect(try ask("status").line.contains("REAL FACE SHOWN"))
        #expect(try ask("passthrough off") == .done())
        #expect(shows { !$0.isPassthrough })
        #expect(try ask("zoom 4") == .done())
        #expect(shows { Viewpoint(of: $0.frame).square.side < 60 }, "a closer look at 64 pixels")
        #expect(try ask("reset") == .done())
        #expect(shows { Viewpoint(of: $0.frame).square.side == 64 })
        #expect(try ask("calibrate") == .done())
        #expect(shows { if case .countdown = $0.calibration { true } else { false } })
        #expect(try ask("status").line.contains(" (auto), calibration "))
        #expect(try ask("quality 0") == .done())
        #expect(try ask("status").line.contains("quality soft, calibration "))
        #expect(try ask("avatar 1") == .done())
        #expect(try ask("avatar 30") == .refused("avatar 30: there is only 1"), "it says how many there are")
        #expect(try ask("avatar BUNDLED") == .done(), "by how its name begins")
        #expect(try ask("avatar mona") == .refused("avatar mona: none is called so"))
        #expect(try ask("reload") == .done())
        for _ in 0..<6000 where pipeline.avatarCount == nil { usleep(10_000) }
        #expect(try ask("avatar 2") == .refused("avatar 2: there is only 1"), "also after they were read again")
        guard case .done(let path) = try ask("picture") else {
            Issue.record("no picture")
            return
        }
        #expect(path.hasPrefix(folder.path("puppet 20")) && path.hasSuffix(".png"), "\(path)")
        for _ in 0..<6000 where !fileExists(path) { usleep(10_000) }
        #expect(try ImageFile.read(path).size == FrameSize(square: 64))
        #expect(try ask("record off") == .refused("nothing is being recorded"))
        guard case .done(let video) = try ask("record on") else {
            Issue.record("no recording")
            return
        }
        #expect(try ask("record on") == .refused("it is being recorded already"))
        for _ in 0..<6000 where !pipeline.recorder.isWriting { usleep(10_000) }
        let seen = reports.all.count
        for _ in 0..<6000 where reports.all.count < seen + 10 { usleep(10_000) }
        let status = try ask("status json").line.dropFirst(3)
        #expect(status.hasPrefix("{\"avatar\":\"bundled portrait\",\"calibration\":\""), "\(status)")
        #expect(status.contains("\"recorded_seconds\":0"), "\(status)")
        #expect(try ask("record off") == .done())
        for _ in 0..<6000 where !fileExists(video) { usleep(10_000) }
        #expect(video.hasSuffix(".y4m") && fileExists(video))
        #expect(try ask("view keypoints") == .done() && feed.takeChanges() == [.toggleKeypoints])
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 64)).asFrame(), to: folder.path("a  b.png"))
        #expect(try ask("open " + folder.path("a  b.png")) == .done())
        #expect(shows { $0.avatar.name == folder.path("a  b.png") })
        #expect(pipeline.avatarCount == 2)
        #expect(try ask("face next") == .done())
        #expect(
            try ask("open /absent.png") == .refused("open /absent.png: there is no such file or folder"))
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(
            try ask("open " + folder.path("pipe"))
                == .refused("open \(folder.path("pipe")): it is no picture and no folder"), "it would be waited for")
        #expect(try ask("avatar 3") == .refused("avatar 3: there are only 2"))
        #expect(try ask("avatar 1") == .done())
        #expect(
            try ask("camera next")
                == .refused("no camera drives: only a camera can be exchanged for another"))
        #expect(try ask("mirror") == .done())
        #expect(desk.isAvatarMirrored)
        #expect(try ask("quit") == .done())
        #expect(pipeline.wait(milliseconds: 10_000), "still running")
        server.stop()
    }
}
