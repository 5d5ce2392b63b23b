import FOMMCore
import Glibc
import Motion

/// How two heads are posed differently, as far as keypoints can tell. Degrees, signs as the picture shows them: yaw to
/// the right, roll clockwise. Allocates nothing.
///
/// Roll is the angle of the similarity between them. Yaw is read off the Jacobians, what the similarity does not explain of
/// them: a face is a bulge, and turning it to the right crowds what is right of the middle and spreads what is left of it.
/// Where keypoints lie says less, because it differs as much between two people as between two poses.
///
/// There is no pitch. Nodding moves the bundled model's keypoints almost as one, which the similarity takes for a shift,
/// and what is left is less than people differ by. How far the rest can be trusted: docs/calibration.md.
struct PoseDifference: Equatable, Sendable {
    let yaw: Double
    let roll: Double

    /// - Parameters: keypoints of two faces, of one model, finite. Yaw is 0 for models without Jacobians.
    init(from source: Keypoints, to initial: Keypoints) {
        let fit = Similarity(from: source, to: initial)
        roll = fit.angle * 180 / .pi
        let undone = Matrix2x2(cos(fit.angle), sin(fit.angle), -sin(fit.angle), cos(fit.angle))
        let radius = max(Self.headRadius * source.extent, 1e-3)
        var middle = SIMD2<Double>.zero
        for index in 0..<source.count { middle += SIMD2<Double>(source[value: index]) / Double(source.count) }
        var (along, slopes) = (0.0, 0.0)
        for index in 0..<source.count {
            guard source.hasJacobians, let inverse = source[jacobian: index].inverse else { continue }
            let away = (SIMD2<Double>(source[value: index]) - middle) / radius
            // The slope of a ball's front, which is limited towards its edge.
            let slope = -away / max(Self.flattest, 1 - (away * away).sum()).squareRoot()
            let stretch = (1 / fit.scale) * (undone * initial[jacobian: index] * inverse)
            along += (stretch.xx - 1) * slope.x + stretch.xy * slope.y
            slopes += (slope * slope).sum()
        }
        let sine = slopes > 1e-6 ? Self.gain * along / slopes : 0
        yaw = asin(min(1, max(-1, sine))) * 180 / .pi
    }

    /// Radius of the head, in units of the keypoints' extent.
    private static let headRadius = 2.0
    /// The square of the ball's depth below which its slope grows no further.
    private static let flattest = 0.05
    /// Jacobians answer to less than the whole bulge; measured with the test camera, which says how far it turned.
    private static let gain = 2.9
}
