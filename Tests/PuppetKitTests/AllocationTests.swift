import CAllocationCounter
import Frames
import Testing

@testable import FOMMCore
@testable import PuppetKit

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
        let model = try TestModel.tiny(instructionSet)
        let detector = FrameDetector(model, threads: threads)
        let avatar = try AvatarList(nil).load(0, detector)
        var tracker = MotionTracker(
            detector, avatar: avatar, mode: .relative(adaptScale: true), initial: nil)
        let renderer = AvatarRenderer(FrameGenerator(model, threads: threads), capacity: 2)
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
}
