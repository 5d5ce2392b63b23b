import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Assets
@testable import Driving
@testable import FOMMCore
@testable import Live
@testable import Motion
@testable import System

@Suite("Nothing is allocated per frame")
struct AllocationTests {
    @Test func theCounterCounts() {
        allocation_counter_start()
        let array = [Int](repeating: 1, count: 1000 + Int(allocation_counter_stop()))
        allocation_counter_start()
        let copy = array.map { $0 + 1 }
        #expect(allocation_counter_stop() > 0, "\(copy.count) integers without memory")
    }

    /// From the camera's picture to the avatar's: crop and resize, keypoints, relative motion, dense motion, generator.
    @Test(arguments: InstructionSet.supported, [1, 2])
    func aFrameOfTheJourneyAllocatesNothing(_ instructionSet: InstructionSet, _ threads: Int) throws {
        try expectNoAllocations(TestModel.tiny(instructionSet), threads)
    }

    /// With scales that are found for every picture, which is all that a model with stored ones does and more.
    @Test(arguments: InstructionSet.supported.filter(\.hasInt8), [1, 2])
    func aFrameInInt8AllocatesNothing(_ instructionSet: InstructionSet, _ threads: Int) throws {
        try expectNoAllocations(TestModel.tiny(instructionSet, .int8), threads)
    }

    private func expectNoAllocations(_ model: FOMMModel, _ threads: Int) throws {
        let detector = FrameDetector(model, threads: threads)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector))
        var tracker = MotionTracker(detector, avatar: avatar, mode: .relative(adaptScale: true))
        var renderer = AvatarRenderer(FrameGenerator(model, threads: threads), capacity: 2)
        let camera = try DrivingSource(
            "test", rate: nil, size: FrameSize(width: 160, height: 120), searchPath: ""
        ).open(frames: 4)
        var frames: [Frame] = []
        while let frame = try camera.next() { frames.append(frame) }
        let fit = SquareFit(from: camera.size, side: model.frameSize)
        let pool = FramePool(size: FrameSize(square: model.frameSize), capacity: 2)
        let clock = StageClock()

        func run(_ count: Int) {
            for index in 0..<count {
                let rendered = renderer.render(tracker.track(fit(frames[index % frames.count], from: pool)))
                clock.record(rendered.times)
            }
        }
        run(StageClock.window)
        allocation_counter_start()
        run(20)
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 20 frames")
    }

    /// The bundled model, whose layers can compute a part; at every step of the ladder, and from one to the next.
    @Test func aFrameAtAnyQualityAllocatesNothing() throws {
        let model = try FOMMModel(EmbeddedAssets.model, frameSize: 128)
        let detector = FrameDetector(model, threads: 2)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector, scales: model.scales))
        var renderer = AvatarRenderer(FrameGenerator(model, threads: 2), capacity: 2)
        let times = FrameTimes(captured: .now, detectStarted: .now, detected: .now)

        func run(_ count: Int) {
            for index in 0..<count {
                var keypoints = avatar.context.keypoints
                keypoints[value: index % 3].x += Float(index % 4) * 0.01
                let motion = MotionFrame(keypoints: keypoints, avatar: avatar, sequence: index, times: times)
                let ladder = QualityStep.ladder
                _ = renderer.render(motion, ladder[index / 3 % ladder.count])
            }
        }
        run(60)
        allocation_counter_start()
        run(60)
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 60 frames")
    }

    /// The same through the detecting stage of a live run, which also bridges, smooths, scores and reports.
    @Test(arguments: [QualityStep.exact, QualityStep.ladder[1]])
    func aFrameOfALiveRunAllocatesNothing(_ step: QualityStep) throws {
        let model = try TestModel.tiny()
        let detector = FrameDetector(model, threads: 2)
        let size = FrameSize(width: 160, height: 120)
        let camera = try DrivingSource("test", rate: nil, size: size, searchPath: "").open(frames: 4)
        let fit = SquareFit(from: size, side: model.frameSize)
        let pool = FramePool(size: FrameSize(square: model.frameSize), capacity: 5)
        var frames: [Frame] = []
        while let frame = try camera.next() { frames.append(fit(frame, from: pool)) }
        var settings = TrackerSettings()
        settings.gains = MotionGains(motion: 1.1, head: 1.2, expression: 0.9)
        var tracker = LiveTracker(
            detector, avatar: try AvatarList(nil).load(0, AvatarReader(detector)), settings: settings,
            framing: try Framing(.center, in: size))
        _ = tracker.toggleSearch()  // so that every frame is scored

        func run(_ range: Range<Int>) -> Int {
            range.reduce(0) { count, index in
                let time = MonotonicTime(nanoseconds: UInt64(1_000_000_000 + index * 33_000_000))
                let (_, report) = tracker.track(
                    frames[index % frames.count].stamped(sequence: index, captured: time), step)
                return count + (report.isPassthrough ? 1 : 0)
            }
        }
        _ = run(0..<60)
        allocation_counter_start()
        _ = run(60..<80)
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 20 frames")
    }
}
