import Frames

/// A finished picture on its way to the outputs of a live run.
public struct Picture: Sendable {
    public let frame: Frame
    public let content: PictureContent
    /// Whether it shows what the picture before it showed.
    public let isRepeat: Bool

    public init(_ frame: Frame, _ content: PictureContent = .avatar, isRepeat: Bool = false) {
        self.frame = frame
        self.content = content
        self.isRepeat = isRepeat
    }

    /// The same for windows and files; virtual cameras show `card` instead.
    public func behind(_ card: StandbyCard) -> Picture {
        Picture(frame, content.isFiller ? .filler(card) : .card(card), isRepeat: isRepeat)
    }
}
