import FOMMCore
import Frames
import Motion
import System

/// The first half of a frame's journey without anything live about it: keypoints of the driving frame, and where they are
/// to move the avatar, as the reference implementation computes it. Belongs to one queue.
package struct MotionTracker {
    private let detector: FrameDetector
    private let mode: RelativeMotion.Mode
    private let avatar: Avatar
    /// Keypoints of the calibration frame (driving initial); `nil` takes the first frame that is tracked. To be set before
    /// that.
    var initial: Keypoints?
    /// What `avatar` and `initial` make of a driving frame.
    private var motion: RelativeMotion?

    package init(_ detector: FrameDetector, avatar: Avatar, mode: RelativeMotion.Mode) {
        self.detector = detector
        self.avatar = avatar
        self.mode = mode
    }

    /// - Parameter frame: of the model's frame size.
    package mutating func track(_ frame: Frame) -> MotionFrame {
        let started = MonotonicTime.now
        let driving = frame.pixels.withBytes { detector.detect(rgb8: $0) }
        let initial = initial ?? driving
        self.initial = initial
        let motion = motion ?? RelativeMotion(mode, source: avatar.context.keypoints, initial: initial)
        self.motion = motion
        let keypoints = motion(driving)
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now))
    }
}
