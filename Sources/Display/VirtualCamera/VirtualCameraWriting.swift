/// What became of a picture that was given to a ``VirtualCameraDevice``.
enum VirtualCameraWriting: Hashable {
    case written
    /// The device has no room at this moment: nothing of the picture was taken.
    case full
}
