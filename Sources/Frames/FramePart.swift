/// Which part of its source's picture a frame shows.
public struct FramePart: Hashable, Sendable {
    /// Of the source's whole picture, in whose pixels ``square`` is.
    public let sourceSize: FrameSize
    /// `nil`: all of the picture.
    public let square: FrameSquare?

    /// - Parameter square: inside `sourceSize`.
    public init(_ square: FrameSquare? = nil, of sourceSize: FrameSize) {
        precondition(square?.isInside(sourceSize) != false, "\(square!) of \(sourceSize)")
        self.sourceSize = sourceSize
        self.square = square
    }
}
