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
        let (latest, reports) = (LatestReport(), Collected<TrackingReport>())
        observer.onTracked = { report in
            latest.set(report)
            reports.append(report)
        }
        let pipeline = try LivePipeline(
            TestModel.tiny(), avatars: AvatarList(nil), driving: .testCamera(rate: 50),
            settings: LivePipeline.Settings(), makeOutputs: { _ in [] }, observer: observer)
        let desk = CommandDesk(
            pipeline, try VirtualCameras([], settings: .init()), latest, isMirrored: false,
            pictures: folder.url.path, Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let server = try ControlServer(sockets, handle: desk.obey)
        let client = ControlClient(sockets)
        func ask(_ line: String) throws -> CommandAnswer {
            try client.send(line.split(separator: " ").map { String($0) }, to: getpid())
        }
        /// Waits until a frame shows that a command has come through.
        func shows(_ what: (TrackingReport) -> Bool) -> Bool {
            for _ in 0..<1000 {
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
        for _ in 0..<1000 where pipeline.avatarCount == nil { usleep(10_000) }
        #expect(try ask("avatar 2") == .refused("avatar 2: there is only 1"), "also after they were read again")
        guard case .done(let path) = try ask("picture") else {
            Issue.record("no picture")
            return
        }
        #expect(path.hasPrefix(folder.path("puppet 20")) && path.hasSuffix(".png"), "\(path)")
        for _ in 0..<1000 where !fileExists(path) { usleep(10_000) }
        #expect(try ImageFile.read(path).size == FrameSize(square: 64))
        #expect(try ask("mirror") == .done())
        #expect(desk.isAvatarMirrored)
        #expect(try ask("quit") == .done())
        #expect(pipeline.wait(milliseconds: 10_000), "still running")
        server.stop()
    }
}
