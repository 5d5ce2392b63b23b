import FOMMCore

extension Keypoints {
    /// How far the avatar's picture can have moved, roughly, between these keypoints and `other`, in half frames: the
    /// furthest way of a keypoint, or what its Jacobian's change does at the distance up to which it has a say.
    public func largestMove(to other: Keypoints) -> Float {
        precondition(count == other.count, "keypoints of one model")
        var furthest: Float = 0
        for index in 0..<count {
            let way = self[value: index] - other[value: index]
            furthest = max(furthest, (way * way).sum().squareRoot())
            guard hasJacobians else { continue }
            let change = self[jacobian: index] - other[jacobian: index]
            let size = max(abs(change.xx) + abs(change.xy), abs(change.yx) + abs(change.yy))
            furthest = max(furthest, Float(size) * Self.jacobianReach)
        }
        return furthest
    }

    /// Half frames: two standard deviations of a keypoint's Gaussian.
    private static let jacobianReach: Float = 0.2
}
