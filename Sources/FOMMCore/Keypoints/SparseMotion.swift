import CFOMMKernels

/// Sparse motion: for the background (first) and for every keypoint, the affine map from driving coordinates to source
/// coordinates, `z -> x_S + J_S J_D^-1 (z - x_D)`. Eq. 4.
struct SparseMotion {
    /// Keypoints + 1.
    package let count: Int
    private var maps: (SIMD32<Float>, SIMD32<Float>, SIMD32<Float>, SIMD32<Float>, SIMD32<Float>, SIMD32<Float>)

    /// - Parameters: keypoints of the source, and those it is to show (after ``RelativeMotion``). A Jacobian without
    ///   inverse moves its neighbourhood without stretching it.
    init(source: Keypoints, driving: Keypoints) {
        precondition(source.count == driving.count, "keypoints of one model")
        count = source.count + 1
        maps = (.zero, .zero, .zero, .zero, .zero, .zero)
        for index in 0..<source.count {
            var linear = Matrix2x2.identity
            if source.hasJacobians, let inverse = driving[jacobian: index].inverse {
                linear = source[jacobian: index] * inverse
            }
            let (from, to) = (SIMD2<Double>(driving[value: index]), SIMD2<Double>(source[value: index]))
            maps.0[index] = Float(linear.xx)
            maps.1[index] = Float(linear.xy)
            maps.2[index] = Float(linear.yx)
            maps.3[index] = Float(linear.yy)
            maps.4[index] = Float(to.x - (linear.xx * from.x + linear.xy * from.y))
            maps.5[index] = Float(to.y - (linear.yx * from.x + linear.yy * from.y))
        }
    }

    /// Map `index`: 0 is the background's identity, `k + 1` that of keypoint k.
    subscript(index: Int) -> puppet_affine {
        guard index > 0 else { return puppet_affine(xx: 1, xy: 0, yx: 0, yy: 1, x: 0, y: 0) }
        let k = index - 1
        return puppet_affine(
            xx: maps.0[k], xy: maps.1[k], yx: maps.2[k], yy: maps.3[k], x: maps.4[k], y: maps.5[k])
    }

    /// All maps as the kernels read them, `[count]`.
    func withMaps<Result>(_ body: (UnsafePointer<puppet_affine>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: puppet_affine.self, capacity: count) { all in
            for index in 0..<count { all.initializeElement(at: index, to: self[index]) }
            return body(UnsafePointer(all.baseAddress!))
        }
    }
}
