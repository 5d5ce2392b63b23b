import FOMMCore
import Frames

/// What the detecting stage knows of a frame, for those who watch over its shoulder: the preview, `puppet ctl`.
package struct TrackingReport: Sendable {
    /// The square that the network sees: the driver's real face.
    package let frame: Frame
    /// Of the driver, in `frame`.
    package let keypoints: Keypoints
    /// Of the calibration frame, as they would lie in `frame`; `nil` before there is one.
    package let initial: Keypoints?
    /// 0...1, that `frame` shows a face.
    package let confidence: Double
    package let calibration: Calibration
    package let avatar: Avatar
    /// Where the avatar's keypoints are to be.
    package let avatarKeypoints: Keypoints
    /// Whether nobody has been in view for a while.
    package let isLost: Bool
    /// What the driver should change about the picture.
    package let framing: FramingAdvice?
    /// Whether the real face is being sent instead of the avatar.
    package let isPassthrough: Bool

    package enum Calibration: Sendable, Equatable {
        /// There is none, and none is being made.
        case missing
        /// Seconds left.
        case countdown(Int)
        /// Good frames are being gathered, of a median's worth; none while the face is looked for.
        case collecting(Int, of: Int)
        case done
    }
}
