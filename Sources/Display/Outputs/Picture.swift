import Frames

/// A finished picture on its way to the outputs of a live run.
package struct Picture: Sendable {
    package let frame: Frame
    package let content: PictureContent
    /// Whether it shows what the picture before it showed.
    package let isRepeat: Bool

    package init(_ frame: Frame, _ content: PictureContent = .avatar, isRepeat: Bool = false) {
        self.frame = frame
        self.content = content
        self.isRepeat = isRepeat
    }

    /// The same for windows and files; virtual cameras show `card` instead.
    package func behind(_ card: StandbyCard) -> Picture {
        Picture(frame, content.isFiller ? .filler(card) : .card(card), isRepeat: isRepeat)
    }
}
