import FOMMCore

extension Keypoints {
    /// The way from here to `other`, `amount` of it, 0...1: `self` at 0 and `other` at 1, bit for bit. Values and
    /// Jacobians are mixed linearly; where a Jacobian would on the way become singular or change its sign, it waits short
    /// of that until the end.
    public func interpolated(to other: Keypoints, by amount: Double) -> Keypoints {
        precondition(count == other.count, "keypoints of one model")
        guard amount > 0 else { return self }
        guard amount < 1 else { return other }
        var result = self
        for index in 0..<count {
            result[value: index] += Float(amount) * (other[value: index] - self[value: index])
            guard hasJacobians else { continue }
            result[jacobian: index] = self[jacobian: index].moved(towards: other[jacobian: index], by: amount)
        }
        return result
    }
}
