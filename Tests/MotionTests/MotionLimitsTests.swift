import Foundation
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Limits of what an avatar can show")
struct MotionLimitsTests {
    private let source = Keypoints.face()
    private let limits = MotionLimits()

    @Test func insideIsTheIdentity() {
        for seed in 0..<50 {
            let moved = source.moved(angle: 0.3, scale: 1.2).disturbed(by: 0.1, seed: UInt64(seed))
            #expect(limits(moved, source: source) == moved, "seed \(seed)")
        }
    }

    @Test func keypointsStayInThePicture() {
        var last = Float(-1)
        for place in stride(from: Float(-3), through: 3, by: 0.01) {
            var moved = source
            moved[value: 0] = [place, 0]
            let held = limits(moved, source: source)[value: 0].x
            #expect(abs(held) <= 1, "\(place) became \(held)")
            #expect(held >= last && held - last < 0.0101, "\(last) to \(held) at \(place)")
            last = held
        }
        var far = source
        far[value: 0] = [1e30, -1e30]
        #expect(limits(far, source: source)[value: 0] == [1, -1])
    }

    /// Wherever the avatar's own keypoints are, they are allowed.
    @Test(arguments: [Float(0.3), 0.9, 0.99, 1, 1.2])
    func theAvatarItselfIsAllowed(_ place: Float) {
        var avatar = source
        avatar[value: 0] = [place, -place]
        avatar[jacobian: 0] = Matrix2x2(5, 0, 1, -0.1)
        #expect(limits(avatar, source: avatar) == avatar)
        var beyond = avatar
        beyond[value: 0] = [place + 0.5, -place - 0.5]
        let held = limits(beyond, source: avatar)[value: 0]
        #expect(held.x >= place && held.x <= max(1, place), "\(place + 0.5) became \(held.x)")
    }

    @Test func stretchIsLimited() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            let change = Matrix2x2.random(4, &random)
            let held = change.limitingStretch(to: 0.4...2.5)
            let (most, least) = held.singularValues
            #expect(most <= 2.5 + 1e-9 && least >= 0.4 - 1e-9, "\(change) became \(held): \(most), \(least)")
            let (was, wasLeast) = change.singularValues
            if was <= 2.5, wasLeast >= 0.4 { #expect(held == change, "inside, and changed") }
        }
    }

    /// The directions stay: only the singular values are replaced.
    @Test func stretchKeepsItsDirections() {
        for (turn, along) in [(0.0, 0.0), (0.7, 0.2), (2.5, 1.1)] {
            let (first, second) = (Matrix2x2.rotation(turn), Matrix2x2.rotation(along))
            let held = (first * Matrix2x2(9, 0, 0, 0.1) * second).limitingStretch(to: 0.4...2.5)
            let expected = first * Matrix2x2(2.5, 0, 0, 0.4) * second
            #expect(held.distance(to: expected) < 1e-12, "\(held), should be \(expected)")
            let mirrored = (first * Matrix2x2(1, 0, 0, -1) * second).limitingStretch(to: 0.4...2.5)
            let flat = first * Matrix2x2(1, 0, 0, 0.4) * second
            #expect(mirrored.determinant > 0 && mirrored.singularValues.1 >= 0.4 - 1e-12, "\(mirrored), not \(flat)")
        }
    }

    @Test func stretchIsContinuous() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<200 {
            let (from, to) = (Matrix2x2.random(4, &random), Matrix2x2.random(4, &random))
            var last = from.limitingStretch(to: 0.4...2.5)
            for step in 1...1000 {
                let at = from + Double(step) / 1000 * (to - from)
                let held = at.limitingStretch(to: 0.4...2.5)
                let turning = hypot(at.xx + at.yy, at.yx - at.xy) / 2
                // A mirroring that turns nothing has no nearest rotation; what is close to one is left out.
                if turning > 0.5 { #expect(held.distance(to: last) < 0.06, "\(at): \(last) to \(held)") }
                last = held
            }
        }
    }

    @Test func stretchIsThatOfTheMotion() {
        var moved = source
        moved[jacobian: 1] = Matrix2x2(10, 0, 0, 0.01) * source[jacobian: 1]
        let held = limits(moved, source: source)[jacobian: 1] * source[jacobian: 1].inverse!
        #expect(held.distance(to: Matrix2x2(2.5, 0, 0, 0.4)) < 1e-5, "\(held)")
    }

    @Test func degenerateMatricesStayFinite() {
        for change in [Matrix2x2(0, 0, 0, 0), Matrix2x2(1e30, 0, 0, 1e30), Matrix2x2(1, 0, 0, -1)] {
            let held = change.limitingStretch(to: 0.4...2.5)
            let (most, least) = held.singularValues
            #expect((0.39...2.51).contains(most) && (0.39...2.51).contains(least), "\(change) became \(held)")
        }
    }
}

extension Matrix2x2 {
    static func rotation(_ angle: Double) -> Matrix2x2 { Matrix2x2(cos(angle), -sin(angle), sin(angle), cos(angle)) }
}
