import Motion

/// What the calibration frame and the avatar make of a driving frame. A value; the detecting queue owns it.
struct NeutralPose: Sendable {
    let initial: DrivingInitial
    /// How sure one can be of a face, given this one.
    let confidence: FaceConfidence
    /// From the driver's keypoints to the avatar's.
    var motion: AvatarMotion

    /// - Parameter face: `nil` for models whose keypoints have no names.
    init(_ initial: DrivingInitial, _ settings: TrackerSettings, avatar: Avatar, face: FaceKeypoints?) {
        self.initial = initial
        confidence = FaceConfidence(initial: initial.detection)
        motion = AvatarMotion(
            settings.mode, settings.gains, source: avatar.context.keypoints, initial: initial.keypoints, face: face,
            settings.face)
    }
}
