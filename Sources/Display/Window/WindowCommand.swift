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
    /// The next picture that is sent becomes a file.
    case keepPicture
}
