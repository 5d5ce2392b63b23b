/// Where a picture lies in a larger one: as large as fits, in the middle within two pixels.
public struct FramePlace: Hashable, Sendable {
    /// Upper left corner, even both ways, and size; that is even where the whole's is and there are two pixels to have, so that
    /// no chroma sample belongs to the picture and to what surrounds it.
    public let x: Int
    public let y: Int
    public let size: FrameSize

    public init(of picture: FrameSize, in whole: FrameSize) {
        let isWider = picture.width * whole.height >= picture.height * whole.width
        func scaled(_ length: Int, _ full: Int, over shown: Int, within limit: Int) -> Int {
            let exact = (length * full + shown / 2) / shown
            return min(limit, exact == limit ? limit : max(min(2, limit), exact & ~1))
        }
        let width =
            isWider
            ? whole.width : scaled(picture.width, whole.height, over: picture.height, within: whole.width)
        let height =
            isWider
            ? scaled(picture.height, whole.width, over: picture.width, within: whole.height) : whole.height
        size = FrameSize(width: width, height: height)
        x = (whole.width - width) / 2 & ~1
        y = (whole.height - height) / 2 & ~1
    }

    /// The columns of row `row` of the whole, `width` pixels wide, that the picture leaves free, left and right of it.
    public func freeColumns(inRow row: Int, of width: Int) -> (left: Range<Int>, right: Range<Int>) {
        guard (y..<y + size.height).contains(row) else { return (0..<width, width..<width) }
        return (0..<x, x + size.width..<width)
    }
}
