/// Where one side of a square lies along an axis of a frame's pixels.
struct Stretch: Equatable {
    /// The first pixel that it covers.
    package let first: Int
    /// The rest, which is all that weights depend on.
    let extent: Extent

    /// How much of pixels in a row a stretch covers, in units that make all edges whole numbers.
    struct Extent: Equatable {
        /// Units of the first pixel before the stretch, fewer than ``unit``.
        package let offset: Int
        let length: Int
        /// How many of them a pixel has.
        let unit: Int

        /// Of the pixels covered, in whole or in part.
        package var count: Int { (offset + length + unit - 1) / unit }

        /// Whether it is just so many whole pixels.
        func isWhole(_ pixels: Int) -> Bool { offset == 0 && length == pixels * unit }
    }

    /// - Parameters:
    ///   - start, length: in the source's pixels, within `shown`.
    ///   - shown: how many of the source's pixels the frame shows.
    ///   - pixels: how many pixels of its own the frame has for them.
    init(from start: Int, length: Int, shown: Int, as pixels: Int) {
        let divisor = Self.greatestCommonDivisor(shown, pixels)
        let (unit, scale) = (shown / divisor, pixels / divisor)
        let (whole, rest) = (start * scale).quotientAndRemainder(dividingBy: unit)
        first = whole
        extent = Extent(offset: rest, length: length * scale, unit: unit)
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
