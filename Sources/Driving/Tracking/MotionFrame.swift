import Display
import FOMMCore
import Frames

/// What the detecting stage hands to the generating one: where the keypoints are to be, and whose.
package struct MotionFrame: Sendable {
    package let keypoints: Keypoints
    package let avatar: Avatar
    package let sequence: Int
    package let times: FrameTimes
    /// Of the avatar's picture.
    package var content = PictureContent.avatar
    /// The driver's own picture, to be sent instead of the avatar's.
    package var realFace: Frame?

    /// The same with the avatar's picture.
    package var withoutRealFace: MotionFrame {
        var frame = self
        frame.realFace = nil
        return frame
    }
}
