import Display
import FOMMCore
import Frames

/// What the detecting stage hands to the generating one: where the keypoints are to be, and whose.
package struct MotionFrame: Sendable {
    package let keypoints: Keypoints
    package let avatar: Avatar
    package let sequence: Int
    package let times: FrameTimes
    package var content = PictureContent.avatar
    /// The driver's own picture, where ``content`` is that.
    package var realFace: Frame?
}
