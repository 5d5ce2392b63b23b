import Synchronization

/// `--crop`: which square of the camera's picture the network looks at.
package enum CropChoice: Sendable, Hashable {
    /// Where the face is: found once at calibration, or before a video is used; otherwise the largest square in the middle.
    case auto
    /// The largest square in the middle.
    case center
    /// In pixels of the camera's picture.
    case square(x: Int, y: Int, side: Int)
}
