import FOMMCore
import Testing

@testable import Driving

@Suite("The median of calibration frames")
struct DrivingInitialTests {
    private func median(_ frames: [Detection]) -> Detection {
        DrivingInitial(medianOf: frames, CalibrationExamples.viewpoint).detection
    }

    @Test func oneFrameIsItsOwnMedian() {
        let frame = CalibrationExamples.detection(SIMD2(0.1, -0.2))
        #expect(median([frame]) == frame, "bit for bit")
    }

    @Test func oddAndEvenNumbersOfFrames() {
        let shifts: [Float] = [0.04, 0, 0.02, 0.3]
        let frames = shifts.map { CalibrationExamples.detection(SIMD2($0, -$0)) }
        let plain = CalibrationExamples.keypoints()
        for (count, middle) in [(3, Float(0.02)), (4, 0.03), (2, 0.02)] {
            let way = median(Array(frames.prefix(count))).keypoints[value: 4] - plain[value: 4]
            #expect(abs(way.x - middle) < 1e-6 && abs(way.y + middle) < 1e-6, "of \(count) frames: \(way)")
        }
    }

    @Test func oneFrameThatIsOffMovesNothing() {
        var off = CalibrationExamples.detection(SIMD2(5, -3))
        off = Detection(keypoints: off.keypoints, spreads: off.spreads * 9)
        let calm = CalibrationExamples.detection()
        #expect(median([calm, calm, off, calm, calm]) == calm)
        #expect(median([off, calm, calm]) == calm)
    }

    /// Elements of different frames may make a matrix that none of them was near to.
    @Test func aJacobianThatTheMedianMakesSingularIsTakenFromAFrame() {
        let jacobians = [Matrix2x2(1, 1, 0, 1), Matrix2x2(1, 0, 1, 1), Matrix2x2(0.5, 1, 1, 0.5)]
        let frames = jacobians.map { jacobian in
            var keypoints = CalibrationExamples.keypoints()
            keypoints[jacobian: 2] = jacobian
            return Detection(keypoints: keypoints, spreads: .init(repeating: 0.1))
        }
        let found = median(frames).keypoints[jacobian: 2]
        #expect(found.inverse != nil, "\(found) is singular")
        #expect(jacobians.contains(found), "\(found) is of no frame")
    }
}
