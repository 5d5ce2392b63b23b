/// Where one side of a square lies along an axis of a frame's pixels.
struct SourceInterval: Equatable {
    /// The first pixel that it covers.
    let firstPixel: Int
    /// The rest, which is all that weights depend on.
    let subpixels: SubpixelInterval

    /// - Parameters:
    ///   - start, length: in the source's pixels, within `shown`.
    ///   - shown: how many of the source's pixels the frame shows.
    ///   - pixels: how many pixels of its own the frame has for them.
    init(from start: Int, length: Int, shown: Int, as pixels: Int) {
        let divisor = Self.greatestCommonDivisor(shown, pixels)
        let (unitsPerPixel, scale) = (shown / divisor, pixels / divisor)
        let (whole, phase) = (start * scale).quotientAndRemainder(dividingBy: unitsPerPixel)
        firstPixel = whole
        subpixels = SubpixelInterval(phase: phase, length: length * scale, unitsPerPixel: unitsPerPixel)
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
