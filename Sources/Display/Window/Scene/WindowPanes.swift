import Frames

/// Which pictures a window shows.
public enum WindowPanes: String, Hashable, Sendable, CaseIterable {
    /// The preview on the left, the avatar on the right.
    case both
    case avatar
    case preview

    /// Of a window that nobody has resized, in units of the desktop.
    public var defaultSize: FrameSize { FrameSize(width: self == .both ? 1024 : 512, height: 512) }
}
