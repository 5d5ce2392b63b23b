import Foundation
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Head and expression, and how much of each")
struct MotionGainsTests {
    private let initial = Keypoints.face()
    private let shift = SIMD2(0.1, -0.05)

    @Test(arguments: [-2.9, -1, 0, 0.3, 1.6], [0.5, 1, 1.7])
    func aSimilarityIsFound(_ angle: Double, _ scale: Double) {
        let fit = Similarity(from: initial, to: initial.moved(angle: angle, scale: scale, by: shift))
        #expect(abs(fit.angle - angle) < 1e-5, "angle \(fit.angle), should be \(angle)")
        #expect(abs(exp(fit.logScale) - scale) < 1e-5, "scale \(exp(fit.logScale)), should be \(scale)")
        for index in 0..<initial.count {
            let left = fit.residual(initial, initial.moved(angle: angle, scale: scale, by: shift), index)
            #expect(abs(left.x) + abs(left.y) < 1e-5, "keypoint \(index) is off by \(left)")
        }
    }

    @Test func oneKeypointThatGoesItsOwnWayHardlyPullsTheHead() {
        var driving = initial.moved(angle: 0.2, by: shift)
        driving[value: 3].y += 0.15
        let (robust, plain) = (
            Similarity(from: initial, to: driving), Similarity.leastSquares(from: initial, to: driving)
        )
        #expect(abs(robust.angle - 0.2) < 0.01, "angle \(robust.angle), should be 0.2")
        #expect(abs(robust.angle - 0.2) < abs(plain.angle - 0.2), "plain least squares: \(plain.angle)")
    }

    @Test func keypointsWithoutExtentAreShifted() {
        let point = Keypoints([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]])
        let fit = Similarity(from: point, to: Keypoints([[0.3, 0], [0.3, 0], [0.3, 0]]))
        #expect(fit.linear == .identity && (fit.shift - SIMD2(0.2, -0.1)).x.magnitude < 1e-6, "\(fit)")
        #expect(Similarity(from: initial, to: .init(count: 10, hasJacobians: true)).linear == .identity)
    }

    @Test func allOneIsTheIdentity() {
        let driving = initial.moved(angle: 0.3).disturbed(by: 0.1, seed: 5)
        #expect(MotionGains()(driving, initial: initial) == driving)
        // And it is where other gains lead to, not an exception from them.
        let near = MotionGains(head: 1 - 1e-7)(driving, initial: initial)
        #expect(near.distance(to: driving) < 1e-5, "off by \(near.distance(to: driving))")
    }

    @Test(arguments: [
        MotionGains(), MotionGains(motion: 0.3), MotionGains(head: 2), MotionGains(expression: 0),
        MotionGains(motion: 2, head: 0.5, expression: 2),
    ])
    func theCalibrationFrameStaysWhereItIs(_ gains: MotionGains) {
        let distance = gains(initial, initial: initial).distance(to: initial)
        #expect(distance < 1e-6, "\(gains): off by \(distance)")
    }

    @Test func motionZeroHoldsStill() {
        let driving = initial.moved(angle: 0.3, scale: 1.2, by: shift).disturbed(by: 0.1, seed: 5)
        let distance = MotionGains(motion: 0)(driving, initial: initial).distance(to: initial)
        #expect(distance < 1e-6, "off by \(distance)")
    }

    /// A rigid motion is all head: half of it is half the angle, half the shift and the root of the scale.
    @Test(arguments: [0, 0.5, 1.5, 2])
    func aRigidMotionIsHead(_ gain: Double) {
        let whole = Similarity.leastSquares(from: initial, to: initial.moved(angle: 0.4, scale: 1.3, by: shift))
        let driving = initial.moved(angle: 0.4, scale: 1.3, by: shift)
        let actual = MotionGains(head: gain, expression: 0)(driving, initial: initial)
        var expected = initial
        let part = whole.power(gain)
        for index in 0..<initial.count {
            expected[value: index] = SIMD2<Float>(part(SIMD2<Double>(initial[value: index])))
            expected[jacobian: index] = part.linear * initial[jacobian: index]
        }
        #expect(actual.distance(to: expected) < 1e-5, "off by \(actual.distance(to: expected))")
        let (angle, scale) = (
            atan2(part.linear.yx, part.linear.xx), part.linear.determinant.squareRoot()
        )
        #expect(abs(angle - 0.4 * gain) < 1e-5 && abs(scale - pow(1.3, gain)) < 1e-5, "\(angle), \(scale)")
    }

    @Test func expressionStaysFixedToTheHead() {
        var smile = initial
        smile[value: 2] += [0.03, 0.02]
        let tilted = smile.moved(angle: 0.5)
        let upright = MotionGains(head: 0)(tilted, initial: initial)
        #expect(upright.distance(to: smile) < 0.01, "off by \(upright.distance(to: smile)) with the tilt taken out")
        let sober = MotionGains(expression: 0)(tilted, initial: initial)
        #expect(sober.distance(to: initial.moved(angle: 0.5)) < 0.01, "the tilt alone")
    }

    /// The same in a frame that is turned, scaled or shifted.
    @Test func moveWithTheFrame() {
        let driving = initial.moved(angle: 0.2, by: shift).disturbed(by: 0.05, seed: 9)
        let gains = MotionGains(motion: 0.8, head: 1.4, expression: 0.6)
        let expected = gains(driving, initial: initial).moved(angle: 1.1, scale: 0.7, by: shift)
        let actual = gains(
            driving.moved(angle: 1.1, scale: 0.7, by: shift),
            initial: initial.moved(angle: 1.1, scale: 0.7, by: shift))
        #expect(actual.distance(to: expected) < 1e-5, "off by \(actual.distance(to: expected))")
    }

    @Test func jacobiansKeepTheirSign() {
        var driving = initial.disturbed(by: 0.05, seed: 2)
        driving[jacobian: 0] = Matrix2x2(0.3, 0, 0, 1.4) * initial[jacobian: 0]
        let moved = MotionGains(motion: 2, expression: 2)(driving, initial: initial)
        let change = moved[jacobian: 0] * initial[jacobian: 0].inverse!
        #expect(change.determinant > 0.05, "an exaggerated stretch turned it inside out: \(change)")
    }

    @Test func whatIsNotFiniteIsLeftToRelativeMotion() {
        var driving = initial
        driving[value: 1].x = .nan
        let moved = MotionGains(motion: 0.5)(driving, initial: initial)
        #expect(!moved.allFinite && moved[value: 0] == driving[value: 0])
    }
}
