import Frames

/// An avatar or a camera in the strip.
public struct WindowThumbnail: Sendable {
    /// Square; `nil` while it is being read, and of what cannot be read.
    public let picture: Frame?

    /// What is written on it; `nil` for nothing.
    public let caption: String?

    public init(picture: Frame?, caption: String? = nil) { (self.picture, self.caption) = (picture, caption) }
}
