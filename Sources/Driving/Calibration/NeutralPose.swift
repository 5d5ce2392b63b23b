import Motion

/// What the calibration frame and the avatar make of a driving frame. A value; the detecting queue owns it.
struct NeutralPose: Sendable {
    let initial: DrivingInitial
    /// How sure one can be of a face, given this one.
    let confidence: FaceConfidence
    /// From the driver's keypoints to the avatar's.
    let motion: RelativeMotion

    init(_ initial: DrivingInitial, _ mode: RelativeMotion.Mode, avatar: Avatar) {
        self.initial = initial
        confidence = FaceConfidence(initial: initial.detection)
        motion = RelativeMotion(mode, source: avatar.context.keypoints, initial: initial.keypoints)
    }
}
