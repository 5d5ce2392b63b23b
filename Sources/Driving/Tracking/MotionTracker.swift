import FOMMCore
import Frames
import Motion
import System

/// The first half of a frame's journey without anything live about it: keypoints of the driving frame, and where they are
/// to move the avatar. Belongs to one queue.
package struct MotionTracker {
    private let detector: FrameDetector
    private let mode: RelativeMotion.Mode
    private let avatar: Avatar
    private let face: FaceSettings
    /// Keypoints of the calibration frame (driving initial); `nil` takes the first frame that is tracked. To be set before
    /// that.
    var initial: Keypoints?
    /// What `avatar` and `initial` make of a driving frame.
    private var motion: AvatarMotion?

    package init(
        _ detector: FrameDetector, avatar: Avatar, mode: RelativeMotion.Mode, face: FaceSettings = FaceSettings()
    ) {
        self.detector = detector
        self.avatar = avatar
        self.mode = mode
        self.face = face
    }

    /// - Parameter frame: of the model's frame size.
    package mutating func track(_ frame: Frame) -> MotionFrame {
        let started = MonotonicTime.now
        let driving = frame.pixels.withBytes { detector.detect(rgb8: $0) }
        let initial = initial ?? driving
        self.initial = initial
        var motion =
            motion
            ?? AvatarMotion(
                mode, MotionGains(), source: avatar.context.keypoints, initial: initial,
                face: FaceKeypoints(names: detector.model.configuration.keypointNames), face)
        let keypoints = motion(driving)
        self.motion = motion
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now))
    }
}
