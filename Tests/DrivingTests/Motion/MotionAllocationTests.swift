import CAllocationCounter
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Motion control allocates nothing")
struct MotionAllocationTests {
    /// Everything between the detector and the generator, in its order.
    @Test(arguments: LostFacePolicy.allCases)
    func aFrameOfMotionControlAllocatesNothing(_ policy: LostFacePolicy) {
        var initial = Keypoints(count: 10, hasJacobians: true)
        for index in 0..<10 { initial[value: index] = SIMD2(Float(index % 4) / 4 - 0.4, Float(index / 4) / 4 - 0.3) }
        let calibration = Detection(keypoints: initial, spreads: .init(repeating: 0.15))
        let confidence = FaceConfidence(initial: calibration)
        let motion = RelativeMotion(.relative(adaptScale: true), source: initial, initial: initial)
        let (gains, limits) = (MotionGains(motion: 1.2, head: 1.5, expression: 0.7), MotionLimits())
        var (presence, filter) = (FacePresence(policy), KeypointFilter(strength: 0.5))

        func run(_ frames: Range<Int>) -> Float {
            frames.reduce(0) { sum, frame in
                let seconds = Double(frame) / 30
                var driving = initial
                driving[value: 3].x += Float(frame % 7) / 5
                driving[jacobian: 2] = Matrix2x2(Double(frame % 5), 0.2, 0.1, 1)
                let isThere = frame % 60 < 30
                let found = Detection(keypoints: driving, spreads: calibration.spreads * (isThere ? 1 : 4))
                let trusted = presence(driving, confidence: confidence(found), neutral: initial, at: seconds)
                let moved = motion(gains(filter(trusted, at: seconds), initial: initial))
                return sum + limits(moved, source: initial)[value: 3].x
            }
        }
        _ = run(0..<10)
        allocation_counter_start()
        let sum = run(10..<200)
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 190 frames")
        #expect(sum.isFinite)
    }
}
