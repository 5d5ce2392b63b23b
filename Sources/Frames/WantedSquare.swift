/// What is looked at of a source's pictures: a source need not make more than that.
public struct WantedSquare: Hashable, Sendable {
    /// In pixels of the source's whole picture, ``FrameSource/size``.
    public let square: FrameSquare
    /// To how many pixels along a side the square may shrink: mostly the network's side.
    public let leastSide: Int

    /// - Parameter leastSide: at least 1.
    public init(_ square: FrameSquare, leastSide: Int) {
        precondition(leastSide > 0, "a square of \(leastSide) pixels")
        self.square = square
        self.leastSide = leastSide
    }
}
