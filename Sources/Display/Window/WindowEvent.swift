/// What the user asks of the program through its window. ``WindowKey`` says which key asks for what.
package enum WindowEvent: Hashable, Sendable {
    /// Escape, or the window was closed.
    case quit
    /// Concerns only what this window shows; ``ViewOptions/apply(_:)`` answers it.
    case view(ViewChange)
    /// For the pipeline.
    case command(WindowCommand)
}

/// A wish about what the window shows. Nothing but the window changes by it.
package enum ViewChange: Hashable, Sendable {
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
}

/// A wish about what is computed or sent.
package enum WindowCommand: Hashable, Sendable {
    /// The avatar at this index of the folder, 0...8.
    case selectAvatar(Int)
    /// The neighbours of the present avatar in the folder.
    case previousAvatar, nextAvatar
    /// Any avatar of the folder.
    case randomAvatar
    /// Look into the folder again.
    case reloadAvatars
    /// Send the real face instead of the avatar, or the avatar again.
    case togglePassthrough
    /// Make the crop smaller (more than 0) or larger by so many fine steps; a coarse one is five of them.
    case zoom(steps: Int)
    /// Move the crop over the camera's picture, in its pixels: x to the right and y down as the camera sees it.
    case shiftCrop(dx: Int, dy: Int)
    /// The crop as it was at the start.
    case resetCrop
    /// The present driving frame becomes the driving initial.
    case calibrate
    /// Take a driving frame that is more like the avatar as the driving initial, whenever one comes.
    case toggleBestFrame
    /// What is sent as in a mirror; ``WindowScene/isAvatarMirrored`` shows it.
    case toggleOutputMirror
}
