import Frames
import System

/// All that a window shows: a value, drawn anew whenever one is presented.
public struct WindowScene: Sendable {
    /// What the user has chosen to see of it.
    public var view = ViewOptions()

    /// What the desktop calls the window.
    public var title = "puppet"
    /// The driving frame; `nil` until the first one has come. Any size, as all pictures here.
    public var preview: Frame?
    /// The prediction, or the driving frame while the real face is sent; `nil` until the first one has come.
    public var avatar: Frame?
    /// Where the network's square is in ``avatar``, where the picture shows more; `nil` where it is all of it.
    public var avatarSquare: FrameSquare?
    /// The avatar as it is in its file, to lay over the preview.
    public var ghost: Frame?
    /// Whether the avatar is shown, and sent, as in a mirror. The preview has a mirror of its own in ``view``.
    public var isAvatarMirrored = false

    /// Whether there is a driving initial: the guide is red until then.
    public var isCalibrated = false
    public var guide = GuideShape.oval
    /// Of the driving frame, of the driving initial, and of the prediction. -1...1 both ways, x to the right and y down
    /// in the picture as it is when it is not mirrored. Drawn where ``ViewOptions/showsKeypoints`` says so.
    public var driverKeypoints: [SIMD2<Float>] = []
    public var calibrationKeypoints: [SIMD2<Float>] = []
    public var avatarKeypoints: [SIMD2<Float>] = []

    /// A large figure on the preview, for instance seconds before it calibrates by itself.
    public var countdown: Int?
    /// A line at the bottom of a pane, or in the middle of one that has no picture yet, where there is a line to start
    /// with.
    public var previewMessage: WindowMessage?
    public var avatarMessage: WindowMessage?
    /// When a better calibration was taken: the preview lights up green for a moment.
    public var flashed: MonotonicTime?
    /// What the strip has in it that ``ViewOptions/strip`` names.
    public var thumbnails: [WindowThumbnail] = []
    /// Which of them is in use; below 0 for none.
    public var chosenThumbnail = 0
    /// Seconds that have been recorded; `nil` where nothing is.
    public var recordedSeconds: Int?
    /// Whether the real face is being sent. The window says so and nothing hides it.
    public var isRealFaceShown = false
    /// What the information panel says, lines separated by newlines. Shown where ``ViewOptions/showsInfo`` says so.
    public var info: String?

    public init() {}
}
