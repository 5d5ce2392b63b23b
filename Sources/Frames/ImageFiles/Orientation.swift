/// How stored pixels must be turned to be seen upright; raw values are EXIF's 1...8.
enum Orientation: Int, CaseIterable, Sendable {
    case upright = 1
    case mirrored, turnedHalf, flipped, transposed, turnedRight, transverse, turnedLeft

    /// Whether width and height change places.
    private var swapsAxes: Bool { rawValue >= 5 }

    /// The picture as it is meant to be seen; the same object if it already is.
    func applied(to stored: PixelBuffer) -> PixelBuffer {
        guard self != .upright else { return stored }
        let (width, height) = (stored.size.width, stored.size.height)
        let size = swapsAxes ? FrameSize(width: height, height: width) : stored.size
        let walk = walk(width: width, height: height)
        return PixelBuffer(size: size) { seen in
            stored.withBytes { source in
                var target = 0
                for row in 0..<size.height {
                    var pixel = walk.start + row * walk.perRow
                    for _ in 0..<size.width {
                        for channel in 0..<3 { seen[target + channel] = source[3 * pixel + channel] }
                        target += 3
                        pixel += walk.perColumn
                    }
                }
            }
        }
    }

    /// Where in the stored picture the seen picture's first pixel is, and the way to its next column and next row; in
    /// pixels.
    private func walk(width: Int, height: Int) -> (start: Int, perColumn: Int, perRow: Int) {
        let (right, bottom) = (width - 1, (height - 1) * width)
        return switch self {
        case .upright: (0, 1, width)
        case .mirrored: (right, -1, width)
        case .turnedHalf: (bottom + right, -1, -width)
        case .flipped: (bottom, 1, -width)
        case .transposed: (0, width, 1)
        case .turnedRight: (bottom, -width, 1)
        case .transverse: (bottom + right, -width, -1)
        case .turnedLeft: (right, width, -1)
        }
    }
}
