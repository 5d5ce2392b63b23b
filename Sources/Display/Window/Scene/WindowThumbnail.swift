import Frames

/// An avatar or a camera in the strip.
package struct WindowThumbnail: Sendable {
    /// Square; `nil` while it is being read, and of what cannot be read.
    package let picture: Frame?

    /// What is written on it; `nil` for nothing.
    package let caption: String?

    package init(picture: Frame?, caption: String? = nil) { (self.picture, self.caption) = (picture, caption) }
}
