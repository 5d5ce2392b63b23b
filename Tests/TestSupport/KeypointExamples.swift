import FOMMCore

extension Keypoints {
    /// Places alone, in half frames from the middle.
    package init(_ points: [SIMD2<Float>]) {
        self.init(count: points.count, hasJacobians: false)
        for (index, point) in points.enumerated() { self[value: index] = point }
    }
}
