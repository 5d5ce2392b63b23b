import Foundation
import TestSupport

@testable import FOMMCore

/// Keypoints for tests of what is computed from them.
extension Keypoints {
    /// Ten keypoints spread over a face's part of the frame, with Jacobians near the identity; the same for the same seed.
    static func face(seed: UInt64 = 1) -> Keypoints {
        var random = SeededRandom(seed: seed)
        var face = Keypoints(count: 10, hasJacobians: true)
        for index in 0..<10 {
            face[value: index] = SIMD2(.random(in: -0.4...0.4, using: &random), .random(in: -0.5...0.5, using: &random))
            face[jacobian: index] = .identity + .random(0.2, &random)
        }
        return face
    }

    /// The same face, turned in the picture plane (radians), scaled and shifted; Jacobians turn and scale along.
    func moved(angle: Double = 0, scale: Double = 1, by shift: SIMD2<Double> = .zero) -> Keypoints {
        let linear = Matrix2x2(
            scale * cos(angle), -scale * sin(angle), scale * sin(angle), scale * cos(angle))
        var moved = self
        for index in 0..<count {
            moved[value: index] = SIMD2<Float>(linear * SIMD2<Double>(self[value: index]) + shift)
            moved[jacobian: index] = linear * self[jacobian: index]
        }
        return moved
    }

    /// Every value displaced by up to `amount`, every Jacobian's entry as well.
    func disturbed(by amount: Double, seed: UInt64) -> Keypoints {
        var random = SeededRandom(seed: seed)
        var result = self
        for index in 0..<count {
            result[value: index] += SIMD2<Float>.random(in: -Float(amount)...Float(amount), using: &random)
            result[jacobian: index] = self[jacobian: index] + .random(amount, &random)
        }
        return result
    }

    /// Largest difference in any value or Jacobian entry.
    func distance(to other: Keypoints) -> Double {
        (0..<count).map { index in
            let value = SIMD2<Double>(self[value: index] - other[value: index])
            let d = self[jacobian: index] - other[jacobian: index]
            return [value.x, value.y, d.xx, d.xy, d.yx, d.yy].map { $0.isNaN ? .infinity : abs($0) }.max()!
        }.max()!
    }
}

extension Matrix2x2 {
    /// Entries up to `amount` in size.
    static func random(_ amount: Double, _ random: inout SeededRandom) -> Matrix2x2 {
        func entry() -> Double { .random(in: -amount...amount, using: &random) }
        return Matrix2x2(entry(), entry(), entry(), entry())
    }

    /// The larger first; the smaller is negative for a matrix that mirrors.
    var singularValues: (Double, Double) {
        let (sum, difference) = (hypot(xx + yy, yx - xy) / 2, hypot(xx - yy, yx + xy) / 2)
        return (sum + difference, sum - difference)
    }

    /// Largest difference of an entry.
    func distance(to other: Matrix2x2) -> Double {
        let d = self - other
        return [d.xx, d.xy, d.yx, d.yy].map(abs).max()!
    }
}
