import CFOMMKernels

/// Sparse motion: for the background (first) and for every keypoint, the affine map from driving coordinates to source
/// coordinates, `z -> x_S + J_S J_D^-1 (z - x_D)`. Eq. 4.
struct SparseMotion {
    private let source: Keypoints
    private let driving: Keypoints
    /// Keypoints + 1.
    var count: Int { source.count + 1 }

    /// - Parameters: keypoints of the source, and those it is to show (after ``RelativeMotion``). A Jacobian without
    ///   inverse moves its neighbourhood without stretching it.
    init(source: Keypoints, driving: Keypoints) {
        precondition(source.count == driving.count, "keypoints of one model")
        (self.source, self.driving) = (source, driving)
    }

    /// Map `index`: 0 is the background's identity, `k + 1` that of keypoint k.
    subscript(index: Int) -> puppet_affine {
        guard index > 0 else { return puppet_affine(xx: 1, xy: 0, yx: 0, yy: 1, x: 0, y: 0) }
        let k = index - 1
        var linear = Matrix2x2.identity
        if source.hasJacobians, let inverse = driving[jacobian: k].inverse { linear = source[jacobian: k] * inverse }
        let shift = SIMD2<Double>(source[value: k]) - linear * SIMD2<Double>(driving[value: k])
        return puppet_affine(
            xx: Float(linear.xx), xy: Float(linear.xy), yx: Float(linear.yx), yy: Float(linear.yy),
            x: Float(shift.x), y: Float(shift.y))
    }

    /// All maps as the kernels read them, `[count]`.
    func withMaps<Result>(_ body: (UnsafePointer<puppet_affine>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: puppet_affine.self, capacity: count) { all in
            for index in 0..<count { all.initializeElement(at: index, to: self[index]) }
            return body(UnsafePointer(all.baseAddress!))
        }
    }
}
