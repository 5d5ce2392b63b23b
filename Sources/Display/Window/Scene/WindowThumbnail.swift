import Frames

/// An avatar in the strip.
package struct WindowThumbnail: Sendable {
    /// Square; `nil` while it is being read, and of what cannot be read.
    package let picture: Frame?

    package init(picture: Frame?) { self.picture = picture }
}
