/// How much an interval covers of pixels in a row, in units that make all edges whole numbers.
struct SubpixelInterval: Equatable {
    /// Units of the first pixel before the interval, fewer than ``unitsPerPixel``.
    let phase: Int
    /// In units.
    let length: Int
    let unitsPerPixel: Int

    /// Of the pixels covered, in whole or in part.
    var pixelCount: Int { (phase + length + unitsPerPixel - 1) / unitsPerPixel }

    /// Whether it is just so many whole pixels.
    func isWhole(_ pixels: Int) -> Bool { phase == 0 && length == pixels * unitsPerPixel }
}
