import Assets
import CV4L2
import DrivingSupport
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Display
@testable import Driving
@testable import Frames
@testable import Live
@testable import System

/// Every picture ends as exactly one of shown, written, repeated, dropped: at each output, in the counts, and in `--stats`.
@Suite("What becomes of every picture", .timeLimit(.minutes(5)))
struct EveryPictureTests {
    /// A sink that blocks, as a slow disk does.
    private final class SlowSink: FrameSink {
        let name = "slow"
        func write(_ frame: Frame) { usleep(30_000) }
        func finish() {}
        func cancel() {}
    }

    /// A loopback camera whose driver has no room now and then.
    private static func camera() throws -> VirtualCamera {
        let writes = Atomic(0)
        let system = LoopbackSystem(
            open: { _ in 7 },
            devices: { [] },
            ioctl: { _, request, argument in
                guard request == PUPPET_VIDIOC_QUERYCAP else { return 0 }
                let capability = argument.assumingMemoryBound(to: v4l2_capability.self)
                withUnsafeMutableBytes(of: &capability.pointee.driver) { $0.copyBytes(from: "v4l2 loopback".utf8) }
                capability.pointee.capabilities = UInt32(V4L2_CAP_VIDEO_CAPTURE)
                return 0
            },
            write: { _, _, count in
                guard writes.add(1, ordering: .relaxed).newValue.isMultiple(of: 3) else { return count }
                errno = EAGAIN
                return -1
            },
            close: { _ in }, now: { .now }, holders: { _ in [] }, watch: { _ in -1 }, traffic: { _ in nil })
        var settings = VirtualCamera.Settings()
        settings.size = FrameSize(width: 64, height: 48)
        return try VirtualCamera(
            path: "/dev/video9", settings: settings, fontBytes: EmbeddedAssets.font, system: system,
            VirtualCameraObserver { _ in })
    }

    @Test(arguments: DropPolicy.allCases) func addsUp(_ drop: DropPolicy) throws {
        let folder = try TemporaryFolder()
        let (window, camera) = (WindowOutput(), try Self.camera())
        let slow = SinkOutput("slow", to: SlowSink()) { _ in }
        let stats = try StatsRecorder(path: folder.path("stats.jsonl")) { _ in }
        var settings = LivePipeline.Settings()
        settings.frames = 80
        settings.drop = drop
        settings.tracker.onLost = .follow  // a random network sees no faces
        var observer = LiveObserver()
        observer.onRendered = { stats.record($0) }
        let pipeline = try LivePipeline(
            TestModel.tiny(), avatars: AvatarList(nil), driving: .testCamera(rate: 100), settings: settings,
            makeOutputs: { _ in [window, camera, slow] }, observer: observer)
        stats.follow(pipeline)
        pipeline.start()
        while !pipeline.wait(milliseconds: 0) {
            if let picture = window.take(within: 10) {
                usleep(5000)
                window.ledger.took(picture)
            }
        }
        stats.finish()

        let counts = pipeline.counts
        #expect(counts.read == 80 && counts.read == counts.rendered + counts.dropped.values.reduce(0, +), "\(counts)")
        for (name, fates) in counts.outputs { #expect(fates.all == counts.rendered, "\(name): \(fates.summary)") }
        if drop == .never {
            #expect(counts.rendered == 80, "\(counts)")
            for (name, fates) in counts.outputs { #expect(fates.dropped == 0, "\(name): \(fates.summary)") }
        }
        let lines = try String(contentsOfFile: folder.path("stats.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == counts.rendered)
        var told: [String: [String: Int]] = [:]
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for (output, fate) in try #require(object["fates"] as? [String: String]) {
                told[output, default: [:]][fate, default: 0] += 1
            }
        }
        #expect(told.keys.sorted() == counts.outputs.keys.sorted())
        for (name, fates) in counts.outputs {
            let expected = [
                "shown": fates.shown, "written": fates.written, "repeated": fates.repeated,
                "dropped newer": fates.dropped(.newer), "dropped card": fates.dropped(.card),
                "dropped lost": fates.dropped(.lost),
            ].filter { $0.value > 0 }
            #expect(told[name] == expected, "\(name)")
        }
    }

    @Test func fillersAreEnteredNowhere() {
        let ledger = OutputLedger(taking: .shown)
        let frame = PixelBuffer.smooth(FrameSize(square: 8)).asFrame()
        ledger.took(Picture(frame, .filler(nil)))
        ledger.dropped(Picture(frame, .filler(.noCamera)), .card)
        #expect(ledger.counts.all == 0 && ledger.latency.count == 0)
        ledger.took(Picture(frame, .avatar))
        ledger.took(Picture(frame, .avatar, isRepeat: true))
        ledger.dropped(Picture(frame, .card(.noFace)), .card)
        #expect(ledger.counts.summary == "2 pictures (1 shown, 1 repeated), 1 dropped (1 card)")
        #expect(ledger.latency.count == 2, "what is dropped has no age")
    }
}
