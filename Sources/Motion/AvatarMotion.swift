import FOMMCore

/// Turns the driving frame's keypoints into those the avatar is to show: ``MotionGains``, then ``RelativeMotion``; for a
/// model that names its keypoints `FaceMotion`, part by part. A value; belongs to one queue.
public struct AvatarMotion: Sendable {
    private let gains: MotionGains
    private let initial: Keypoints
    private let relative: RelativeMotion
    private let source: Keypoints
    private let hasPose: Bool
    private var face: FaceMotion?

    /// - Parameters:
    ///   - source: keypoints of the avatar.
    ///   - initial: keypoints of the calibration frame.
    ///   - face: `nil` for models whose keypoints have no names.
    public init(
        _ mode: RelativeMotion.Mode, _ gains: MotionGains, source: Keypoints, initial: Keypoints,
        face: FaceKeypoints?, _ settings: FaceSettings
    ) {
        (self.gains, self.source, self.initial) = (gains, source, initial)
        hasPose = initial.allFinite
        let relative = RelativeMotion(mode, source: source, initial: initial)
        self.relative = relative
        guard let face, case .relative = mode, hasPose else { return }
        self.face = FaceMotion(settings, gains, relative: relative, source: source, initial: initial, face)
    }

    /// - Parameters:
    ///   - driving: keypoints of the driving frame.
    ///   - rest: 0...1, how much of that is the calibration frame's because nobody is there: eyes and mouth are the
    ///     avatar's own that far.
    /// - Returns: finite keypoints, whatever comes in.
    public mutating func callAsFunction(_ driving: Keypoints, rest: Double = 0) -> Keypoints {
        guard case .relative = relative.mode else { return relative(driving) }
        guard hasPose, driving.allFinite else { return source }
        guard face != nil else { return relative(gains(driving, initial: initial)) }
        return face!(driving, rest: rest)
    }
}
