/// A square region of a picture, in whole pixels from its top left corner.
public struct FrameSquare: Hashable, Sendable, CustomStringConvertible {
    public let x: Int
    public let y: Int
    /// Width and height, at least 1.
    public let side: Int

    /// The nearest square that lies inside a picture: first no larger than fits, then moved inside.
    public init(x: Int, y: Int, side: Int, in size: FrameSize) {
        let side = max(1, min(side, size.width, size.height))
        self.side = side
        self.x = max(0, min(x, size.width - side))
        self.y = max(0, min(y, size.height - side))
    }

    /// The largest one in the middle, half a pixel to the left or above it where there is none.
    public static func centred(in size: FrameSize) -> FrameSquare {
        let side = min(size.width, size.height)
        return FrameSquare(x: (size.width - side) / 2, y: (size.height - side) / 2, side: side, in: size)
    }

    /// The same, moved inside another square and made smaller where it does not fit.
    public func clamped(to other: FrameSquare) -> FrameSquare {
        FrameSquare(
            x: max(x, other.x), y: max(y, other.y), side: min(side, other.side),
            in: FrameSize(width: other.x + other.side, height: other.y + other.side))
    }

    /// Whether all of it lies in a picture of that size.
    public func isInside(_ size: FrameSize) -> Bool { x + side <= size.width && y + side <= size.height }

    public var description: String { "\(side)x\(side)+\(x)+\(y)" }
}
