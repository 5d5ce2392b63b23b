import FOMMCore
import Frames

@testable import Driving
@testable import System

/// Calibrations made up for tests.
enum CalibrationExamples {
    static let viewpoint = Viewpoint(
        FrameSquare(x: 80, y: 0, side: 480, in: FrameSize(width: 640, height: 480)),
        of: FrameSize(width: 640, height: 480), side: 256)

    /// Keypoints scattered over a face, moved by `shift`.
    static func keypoints(_ shift: SIMD2<Float> = .zero, count: Int = 10) -> Keypoints {
        var keypoints = Keypoints(count: count, hasJacobians: true)
        for index in 0..<count {
            keypoints[value: index] = SIMD2(Float(index % 4) / 4 - 0.4, Float(index / 4) / 3 - 0.3) + shift
            keypoints[jacobian: index] = Matrix2x2(0.9, 0.1 / Double(index + 1), -0.05, 1.1)
        }
        return keypoints
    }

    static func detection(_ shift: SIMD2<Float> = .zero, count: Int = 10) -> Detection {
        var spreads = SIMD32<Float>.zero
        for index in 0..<count { spreads[index] = 0.1 + Float(index) / 100 }
        return Detection(keypoints: keypoints(shift, count: count), spreads: spreads)
    }

    static func time(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64((seconds + 100) * 1e9)) }

    static func observation(
        _ detection: Detection = detection(), confidence: Double = 1, at seconds: Double,
        _ viewpoint: Viewpoint = viewpoint
    ) -> CalibrationSession.Observation {
        CalibrationSession.Observation(
            detection: detection, viewpoint: viewpoint, confidence: confidence, time: time(seconds))
    }
}
