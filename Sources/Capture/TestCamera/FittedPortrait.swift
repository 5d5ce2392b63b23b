import Frames

/// The middle square of a picture, mirrored and brought to a size.
struct FittedPortrait {
    private let side: Int
    /// R, G, B in 0...255, `side` to a row.
    private let colours: [SIMD3<Float>]

    init(_ portrait: Frame, side: Int) {
        self.side = side
        let extent = min(portrait.size.width, portrait.size.height)
        let corner = ((portrait.size.width - extent) / 2, (portrait.size.height - extent) / 2)
        // Samples along each axis of a pixel: enough to touch every pixel of the portrait under it.
        let samples = (extent + side - 1) / side
        let step = Float(extent) / Float(side * samples)
        colours = portrait.pixels.withBytes { bytes in
            let pixel = { (x: Int, y: Int) in
                let at = 3 * ((y + corner.1) * portrait.size.width + x + corner.0)
                return SIMD3(Float(bytes[at]), Float(bytes[at + 1]), Float(bytes[at + 2]))
            }
            return (0..<side * side).map { index in
                let (column, row) = (side - 1 - index % side, index / side)
                var sum = SIMD3<Float>.zero
                for y in row * samples..<(row + 1) * samples {
                    for x in column * samples..<(column + 1) * samples {
                        let position = (SIMD2(Float(x), Float(y)) + 0.5) * step - 0.5
                        sum += bilinear(position, side: extent, pixel)
                    }
                }
                return sum / Float(samples * samples)
            }
        }
    }

    /// - Parameter place: fractions of the side, 0...1. Returns R, G, B in 0...255; in a pixel's middle, exactly its own.
    func colour(at place: SIMD2<Float>) -> SIMD3<Float> {
        bilinear(place * Float(side) - 0.5, side: side) { colours[$1 * side + $0] }
    }
}

/// The mix of the four pixels around a position (0 is the middle of the first), which is limited to the square.
private func bilinear(
    _ position: SIMD2<Float>, side: Int, _ pixel: (_ x: Int, _ y: Int) -> SIMD3<Float>
) -> SIMD3<Float> {
    let limited = position.clamped(lowerBound: .zero, upperBound: SIMD2(repeating: Float(side - 1)))
    let base = limited.rounded(.down)
    let fraction = limited - base
    let (x, y) = (Int(base.x), Int(base.y))
    let (right, below) = (min(x + 1, side - 1), min(y + 1, side - 1))
    let top = pixel(x, y) + fraction.x * (pixel(right, y) - pixel(x, y))
    let bottom = pixel(x, below) + fraction.x * (pixel(right, below) - pixel(x, below))
    return top + fraction.y * (bottom - top)
}
