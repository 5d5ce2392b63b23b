/// A wish about what the window shows. Nothing but the window changes by it.
public enum ViewChange: Hashable, Sendable {
    /// The preview as in a mirror, or as the camera sees it.
    case togglePreviewMirror
    /// The next of ``WindowPanes``.
    case nextPanes
    /// Dots where the keypoints are.
    case toggleKeypoints
    /// The frame in which the face should be.
    case toggleGuide
    /// More or less of the avatar over the preview, -1...1.
    case changeGhost(by: Double)
    /// The information panel.
    case toggleInfo
    /// The list of keys.
    case toggleHelp
    /// Its next page, in a window that is too small for all of them.
    case nextHelpPage
    /// A strip of things to click on.
    case toggleStrip(WindowStrip)
    /// So many of them further along the strip, back below 0.
    case scrollStrip(by: Int)
    /// All of the display, or a window again.
    case toggleFullScreen
}
