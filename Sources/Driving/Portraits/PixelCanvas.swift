import Frames

/// Draws into memory of a picture; what is outside is left out.
struct PixelCanvas {
    private let bytes: UnsafeMutableRawBufferPointer
    private let size: FrameSize

    /// - Parameter bytes: `3 * size.pixelCount` of them, which outlive this.
    init(_ bytes: UnsafeMutableRawBufferPointer, _ size: FrameSize) { (self.bytes, self.size) = (bytes, size) }

    /// A picture, smaller or as it is: every pixel is the nearest one's.
    ///
    /// - Parameter scale: above 0.
    func draw(_ picture: PixelBuffer, x: Int, y: Int, scale: Double) {
        let (width, height) = (picture.size.width, picture.size.height)
        picture.withBytes { source in
            for row in 0..<Int(Double(height) * scale) {
                for column in 0..<Int(Double(width) * scale) {
                    let from =
                        3
                        * (min(height - 1, Int(Double(row) / scale)) * width
                            + min(width - 1, Int(Double(column) / scale)))
                    set(x + column, y + row, (source[from], source[from + 1], source[from + 2]))
                }
            }
        }
    }

    /// The outline of a square, two pixels wide, bright on dark.
    func frame(x: Int, y: Int, side: Int) {
        for (inset, colour) in [(0, Self.bright), (1, Self.dark)] {
            let (first, last) = (inset, side - 1 - inset)
            for step in stride(from: first, through: last, by: 1) {
                for (column, row) in [(step, first), (step, last), (first, step), (last, step)] {
                    set(x + column, y + row, colour)
                }
            }
        }
    }

    /// A dot with a dark rim.
    ///
    /// - Parameter left: what is to the left of that column stays as it is.
    func dot(x: Int, y: Int, beyond left: Int) {
        for row in -3...3 {
            for column in -3...3 where row * row + column * column <= 9 && x + column >= left {
                set(x + column, y + row, row * row + column * column <= 3 ? Self.bright : Self.dark)
            }
        }
    }

    private static let (bright, dark): ((UInt8, UInt8, UInt8), (UInt8, UInt8, UInt8)) = ((64, 255, 64), (0, 0, 0))

    private func set(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
        guard (0..<size.width).contains(x), (0..<size.height).contains(y) else { return }
        let start = 3 * (y * size.width + x)
        (bytes[start], bytes[start + 1], bytes[start + 2]) = colour
    }
}
