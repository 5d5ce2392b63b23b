import Dispatch
import DrivingSupport
import FOMMCore
import Foundation
import Frames
import TestSupport
import Testing

@testable import Display
@testable import Driving
@testable import Live
@testable import System

@Suite("The live pipeline", .timeLimit(.minutes(5)))
struct LivePipelineTests {
    /// A pipeline on the test camera whose pictures are collected.
    private struct Rig {
        let pipeline: LivePipeline
        /// What the output took.
        let pictures = Collected<Picture>()
        /// What was made.
        let rendered = Collected<RenderedFrame>()
        let failures = Collected<String>()

        init(
            frames: Int?, rate: Int = 100, avatars: AvatarList? = nil, driving: DrivingSource? = nil,
            change: (inout LivePipeline.Settings) -> Void = { _ in },
            onPicture: @escaping @Sendable (Picture) -> Void = { _ in }
        ) throws {
            var settings = LivePipeline.Settings()
            settings.frames = frames
            change(&settings)
            let (pictures, rendered, failures) = (pictures, rendered, failures)
            var observer = LiveObserver()
            observer.onRendered = { rendered.append($0) }
            observer.onFailure = { failures.append("\($0)") }
            pipeline = try LivePipeline(
                TestModel.tiny(), avatars: avatars ?? AvatarList(nil),
                driving: driving ?? .testCamera(rate: rate), settings: settings,
                makeOutputs: { _ in
                    [
                        PlayedOutput("test") {
                            pictures.append($0)
                            onPicture($0)
                        }
                    ]
                }, observer: observer)
        }

        /// - Returns: whether it ended in time.
        func run(seconds: Double = 20) -> Bool {
            pipeline.start()
            return pipeline.wait(milliseconds: Int(seconds * 1000))
        }
    }

    /// Also while a picture is under way when the run falls asleep: it must not be what the next app sees first.
    @Test func asleepNothingIsReadOrShown() throws {
        let rig = try Rig(frames: nil)
        rig.pipeline.start()
        for _ in 0..<5 {
            let before = rig.pictures.all.count
            try waitUntil("pictures come") { rig.pictures.all.count > before + 3 }
            let shown = DispatchSemaphore(value: 0)
            let seen = Collected<Int>()
            rig.pipeline.fallAsleep {
                seen.append(rig.rendered.all.count)
                shown.signal()
            }
            shown.wait()
            // Long enough for what is under way.
            usleep(200_000)
            let (read, renderedThen) = (rig.pipeline.counts.read, try #require(seen.all.first))
            usleep(100_000)
            #expect(rig.pipeline.counts.read == read, "it reads on")
            let late = rig.rendered.all.dropFirst(renderedThen).map(\.picture.frame.sequence)
            let contents = rig.pictures.all.filter { late.contains($0.frame.sequence) }.map(\.content)
            #expect(contents.allSatisfy { $0 == .card(.starting) }, "\(contents)")
            rig.pipeline.wake()
        }
        rig.pipeline.stop()
        #expect(rig.pipeline.wait(milliseconds: 20_000) && rig.failures.all.isEmpty)
    }

    @Test func endsWhenTheFramesDo() throws {
        let rig = try Rig(frames: 30)
        try #require(rig.run(), "still running")
        let sequences = rig.pictures.all.map(\.frame.sequence)
        #expect(!sequences.isEmpty)
        #expect(sequences == sequences.sorted(), "in order")
        #expect(sequences.last == 29, "the last frame is never the one that is dropped")
        let counts = rig.pipeline.counts
        #expect(counts.read == 30)
        #expect(counts.read == counts.rendered + counts.dropped.values.reduce(0, +), "\(counts)")
        let fates = try #require(counts.outputs["test"])
        #expect(counts.rendered == fates.all && fates.taken == sequences.count, "\(counts)")
        for picture in rig.rendered.all {
            let times = picture.times
            #expect(times.captured <= times.detectStarted && times.detectStarted <= times.detected)
            #expect(times.detected <= times.generateStarted && times.generateStarted <= times.motionEstimated)
            #expect(times.motionEstimated <= times.generated)
        }
    }

    @Test func aSlowOutputCostsItselfFramesAndNobodyElse() throws {
        let rig = try Rig(frames: 40, onPicture: { _ in usleep(50_000) })
        try #require(rig.run(), "still running")
        let counts = rig.pipeline.counts
        #expect(counts.outputs["test"].map { $0.dropped(.newer) > 0 } == true, "\(counts)")
        #expect(rig.pictures.all.last?.frame.sequence == 39)
    }

    @Test func qualityIsWhatWasAskedForAndChangesWhenItIsAskedFor() throws {
        let rig = try Rig(frames: 60, change: { $0.quality = .fixed(0) }, onPicture: { _ in usleep(2000) })
        rig.pipeline.start()
        try waitUntil("five pictures") { rig.pictures.all.count >= 5 }
        #expect(rig.pipeline.qualitySummary == "soft")
        rig.pipeline.setQuality(.fixed(1))
        #expect(rig.pipeline.qualitySummary == "exact")
        try #require(rig.pipeline.wait(milliseconds: 20_000), "still running")
        let steps = rig.rendered.all.map(\.work.step.index)
        #expect(steps.first == 6 && steps.last == 0 && steps == steps.sorted(by: >), "\(steps)")
        let counts = rig.pipeline.counts
        #expect(counts.atStep.reduce(0, +) == counts.rendered && counts.atStep[0] > 0 && counts.atStep[6] > 0)
    }

    /// What drops nothing has nothing to gain: the source waits.
    @Test func whereNothingIsDroppedAutoIsTheBest() throws {
        let rig = try Rig(frames: 40, rate: 1000, change: { $0.drop = .never })
        try #require(rig.run(), "still running")
        #expect(rig.pictures.all.count == 40 && rig.pipeline.counts.atStep[0] == 40)
    }

    @Test(arguments: LatencyMode.allCases)
    func nothingIsDetectedForNobody(_ mode: LatencyMode) throws {
        let rig = try Rig(frames: 40, rate: 200, change: { $0.latency = mode })
        try #require(rig.run(), "still running")
        let counts = rig.pipeline.counts
        #expect(counts.dropped[.generate] == 0, "\(counts)")
        #expect(counts.read == counts.rendered + counts.dropped.values.reduce(0, +), "\(counts)")
    }

    @Test(arguments: LatencyMode.allCases)
    func dropNeverComputesAndShowsEveryFrame(_ mode: LatencyMode) throws {
        let rig = try Rig(
            frames: 25, rate: 500,
            change: {
                $0.drop = .never
                $0.latency = mode
            }, onPicture: { _ in usleep(10_000) })
        try #require(rig.run(), "still running")
        #expect(rig.pictures.all.map(\.frame.sequence) == Array(0..<25), "\(rig.pipeline.counts)")
    }

    @Test func computesNoMoreFramesThanTheRateAsksFor() throws {
        let rig = try Rig(frames: 60, rate: 60, change: { $0.rateCap = FrameRate(15) })
        try #require(rig.run(), "still running")
        let counts = rig.pipeline.counts
        #expect((14...16).contains(60 - counts.dropped[.rateCap, default: 0]), "\(counts)")
        #expect(counts.read == counts.rendered + counts.dropped.values.reduce(0, +), "\(counts)")
    }

    @Test func stopsSoon() throws {
        let rig = try Rig(frames: nil)
        rig.pipeline.start()
        usleep(200_000)
        let asked = MonotonicTime.now
        rig.pipeline.stop()
        rig.pipeline.stop()
        try #require(rig.pipeline.wait(milliseconds: 10_000), "still running")
        let milliseconds = MonotonicTime.now.milliseconds(since: asked)
        #expect(milliseconds < 5000, "took \(milliseconds) ms")
    }

    @Test func calibratingReturnsToTheNeutralAvatar() throws {
        // A driver that stands still, turned: relative to itself it does not move at all.
        let folder = try TemporaryFolder()
        let driving = try DrivingSource.folder(folder, [0] + [Int](repeating: 8, count: 60), rate: 2)
        let rig = try Rig(
            frames: nil, driving: driving,
            change: {
                $0.tracker.calibration.countdown = 0
                $0.tracker.calibration.frames = 5
                $0.tracker.onLost = .follow  // a random network sees no faces
            })
        rig.pipeline.start()
        try waitUntil("five pictures") { rig.pictures.all.count >= 5 }
        rig.pipeline.calibrate()
        try #require(rig.pipeline.wait(milliseconds: 30_000), "still running")

        let neutral = try atRest(AvatarList(nil))
        let last = try #require(rig.pictures.all.last)
        #expect(last.frame.pixels.maximumDifference(from: neutral) <= 1)
        #expect(rig.pictures.all[2].frame.pixels.maximumDifference(from: neutral) > 1, "moved before")
    }

    /// What the tiny network makes of an avatar that nobody moves.
    private func atRest(_ avatars: AvatarList, _ index: Int = 0) throws -> PixelBuffer {
        let avatar = try avatars.load(index, AvatarReader(FrameDetector(try TestModel.tiny(), threads: 1)))
        var renderer = AvatarRenderer(FrameGenerator(try TestModel.tiny(), threads: 1), capacity: 1)
        return renderer.render(
            MotionFrame(
                keypoints: avatar.context.keypoints, avatar: avatar, sequence: 0,
                times: FrameTimes(captured: .now, detectStarted: .now, detected: .now))
        ).frame.pixels
    }

    @Test func avatarsAreSwitchedWhileItRuns() throws {
        let folder = try TemporaryFolder()
        for (number, level) in [UInt8(40), 220].enumerated() {
            let picture = PixelBuffer(FrameSize(square: 64)) { x, _ in (level, UInt8(x), level) }
            try PNGFile.write(picture.asFrame(), to: folder.path("\(number).png"))
        }
        let avatars = try AvatarList(folder.url.path)
        let resting = try [atRest(avatars, 0), atRest(avatars, 1)]
        let rig = try Rig(frames: nil, avatars: avatars)
        /// Whose picture the last one is, however it is moved.
        func shows(_ index: Int) -> Bool {
            guard let pixels = rig.pictures.all.last?.frame.pixels else { return false }
            return pixels.meanDifference(from: resting[index]) < pixels.meanDifference(from: resting[1 - index])
        }
        rig.pipeline.start()
        try waitUntil("the first avatar", seconds: 60) { shows(0) }
        let failures = Collected<String>()
        rig.pipeline.showAvatar(.next) { failures.append("\($0)") }
        try waitUntil("the second avatar", seconds: 60) { shows(1) }
        rig.pipeline.showAvatar(.index(8)) { failures.append("\($0)") }
        rig.pipeline.showAvatar(.previous) { failures.append("\($0)") }
        try waitUntil("the first one again", seconds: 60) { shows(0) }
        #expect(failures.all.isEmpty)

        try Data("no picture".utf8).write(to: folder.url.appending(path: "1.png"))
        rig.pipeline.showAvatar(.next) { failures.append("\($0)") }
        try waitUntil("a picture that cannot be read", seconds: 60) { failures.all.count == 1 }
        let count = rig.pictures.all.count
        try waitUntil("pictures after it", seconds: 60) { rig.pictures.all.count > count + 2 }
        #expect(shows(0), "the avatar before stays")
        rig.pipeline.stop()
        try #require(rig.pipeline.wait(milliseconds: 10_000), "still running")
    }

    @Test func aSourceThatFailsEndsTheRun() throws {
        let folder = try TemporaryFolder()
        let driving = try DrivingSource.folder(folder, [0, 1, 2, 3])
        try Data("no picture".utf8).write(to: folder.url.appending(path: "3.png"))
        let rig = try Rig(frames: nil, driving: driving)
        try #require(rig.run(), "still running")
        #expect(rig.failures.all.count == 1)
        #expect(rig.failures.all.first?.contains("3.png") == true, "\(rig.failures.all)")
        #expect(!rig.pictures.all.isEmpty)
    }

    @Test func anOutputThatFailsIsCancelledOnce() throws {
        let failures = Collected<String>()
        let log = Collected<String>()
        let output = SinkOutput("failing", to: LoggingSink(log, failsAtFrame: 1)) { failures.append("\($0)") }
        let picture = Picture(PixelBuffer.smooth(FrameSize(square: 8)).asFrame())
        for _ in 0..<4 {
            output.submit(picture)
            usleep(20_000)
        }
        let ended = DispatchSemaphore(value: 0)
        output.finish(at: RunEnd(time: .now, framesRead: 4)) { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
        #expect(failures.all.count == 1, "\(failures.all)")
        #expect(log.all == ["written", "cancelled"])
        let fates = output.ledger.counts
        #expect(fates.written == 1 && fates.all == 4 && fates.dropped(.lost) >= 1, "\(fates.summary)")
    }
}

/// Tells what happens to it.
private final class LoggingSink: FrameSink {
    let name = "logging"
    private let log: Collected<String>
    private let failsAtFrame: Int
    private var frames = 0

    init(_ log: Collected<String>, failsAtFrame: Int) {
        self.log = log
        self.failsAtFrame = failsAtFrame
    }

    func write(_ frame: Frame) throws {
        guard frames < failsAtFrame else { throw FrameError(.cannotWrite, name, "the disk is full") }
        frames += 1
        log.append("written")
    }

    func finish() { log.append("finished") }
    func cancel() { log.append("cancelled") }
}
