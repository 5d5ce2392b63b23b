/// A wish about what is computed or sent.
public enum WindowCommand: Hashable, Sendable {
    /// The avatar at this index, from 0.
    case selectAvatar(Int)
    /// The camera at this index, from 0, is to drive.
    case selectCamera(Int)
    /// The next face of the picture that the avatar was taken from.
    case nextFace
    /// A picture, or a folder of them, that was dropped onto the window.
    case openAvatar(path: String)
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
    /// What is sent becomes a video, until this is asked for once more.
    case toggleRecording
}
