import FOMMCore

/// What a detector makes of the same face through another crop, undone: a network sees a face of another size a little
/// differently, by some pixels, which the avatar would show as a movement.
///
/// What keypoints were just before the crop changed and what they are just after is taken for the same, and the
/// difference is carried along. It holds until the next change or a calibration. Allocates nothing. A value; the
/// detecting queue owns it.
struct CropCorrection: Sendable {
    /// Of the last frame, if it showed a face, and what its keypoints were taken for.
    private var last: (viewpoint: Viewpoint, keypoints: Keypoints)?
    /// Per keypoint, what is added to its value, and what its Jacobian is multiplied with from the right.
    private var change: Keypoints?

    /// Further away than that is a movement: keypoint units, on average over the keypoints.
    private static let most = 0.15

    /// - Parameters:
    ///   - keypoints: of a frame, as the calibration frame's viewpoint has them.
    ///   - viewpoint: of the frame itself.
    ///   - isFace: whether it shows a face; what is none explains nothing.
    /// - Returns: `keypoints`, bit for bit, as long as the viewpoint does not change.
    mutating func callAsFunction(_ keypoints: Keypoints, _ viewpoint: Viewpoint, isFace: Bool) -> Keypoints {
        if isFace, let last, last.viewpoint != viewpoint { change = Self.change(from: keypoints, to: last.keypoints) }
        let corrected = change.map { Self.applied($0, to: keypoints) } ?? keypoints
        last = isFace ? (viewpoint, corrected) : nil
        return corrected
    }

    private static func change(from keypoints: Keypoints, to before: Keypoints) -> Keypoints? {
        guard keypoints.allFinite, keypoints.meanDistance(to: before) < most else { return nil }
        var change = Keypoints(count: keypoints.count, hasJacobians: keypoints.hasJacobians)
        for index in 0..<keypoints.count {
            change[value: index] = before[value: index] - keypoints[value: index]
            guard let inverse = keypoints[jacobian: index].inverse else { continue }
            change[jacobian: index] = inverse * before[jacobian: index]
        }
        return change
    }

    private static func applied(_ change: Keypoints, to keypoints: Keypoints) -> Keypoints {
        var corrected = keypoints
        for index in 0..<keypoints.count {
            corrected[value: index] += change[value: index]
            corrected[jacobian: index] = keypoints[jacobian: index] * change[jacobian: index]
        }
        return corrected
    }
}
