import Frames

/// Where the square picture lies in the camera's picture, in pixels: as large as fits, centred within
/// a pixel.
struct LoopbackGeometry: Hashable {
    let size: FrameSize
    let side: Int
    /// Upper left corner of the square.
    let x: Int
    let y: Int

    init(_ size: FrameSize) {
        self.size = size
        side = min(size.width, size.height)
        // Even, so that no chroma sample belongs to the square and to what surrounds it.
        x = (size.width - side) / 2 & ~1
        y = (size.height - side) / 2 & ~1
    }

    /// The columns of row `row` that the square leaves free, left and right of it.
    func freeColumns(inRow row: Int) -> (left: Range<Int>, right: Range<Int>) {
        guard (y..<y + side).contains(row) else { return (0..<size.width, size.width..<size.width) }
        return (0..<x, x + side..<size.width)
    }
}
