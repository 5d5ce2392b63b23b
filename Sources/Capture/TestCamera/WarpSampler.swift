import Frames

/// Renders a frame by reading a canvas wherever a warp says, with bilinear weights of 1/256, in front of a backdrop.
///
/// The warp is smooth, so it is asked once per corner of an 8 x 8 cell and interpolated inside it.
struct WarpSampler {
    private static let cell = 8

    private let size: FrameSize
    private let columns: Int
    private let rows: Int
    /// Canvas position of each cell corner, row by row; kept so that no frame allocates.
    private var corners: [SIMD2<Float>]

    init(size: FrameSize) {
        self.size = size
        columns = (size.width + Self.cell - 1) / Self.cell + 1
        rows = (size.height + Self.cell - 1) / Self.cell + 1
        corners = Array(repeating: .zero, count: columns * rows)
    }

    /// - Parameters:
    ///   - pixels: what to read, `width` x `height`, laid out as in ``PortraitCanvas/pixels``.
    ///   - backdrop: what shows where those are not opaque, one pixel for each of the frame.
    ///   - output: `[size.height, size.width, 3]` bytes, every one of which is written.
    ///   - position: where in `pixels` a pixel of the frame (its column and row) is found; limited to the canvas.
    mutating func render(
        _ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, before backdrop: UnsafeBufferPointer<UInt32>,
        into output: UnsafeMutableRawBufferPointer, position: (SIMD2<Float>) -> SIMD2<Float>
    ) {
        // One short of the edge, because a pixel and its right and lower neighbours are read.
        let limit = SIMD2(Float(width - 2), Float(height - 2))
        for row in 0..<rows {
            for column in 0..<columns {
                let found = position(SIMD2(Float(column * Self.cell), Float(row * Self.cell)))
                // Rounded to the weights' resolution, so that an identity warp copies pixels whatever Float loses.
                let weighable = (found * 256).rounded(.toNearestOrEven) / 256
                corners[row * columns + column] = weighable.clamped(lowerBound: .zero, upperBound: limit)
            }
        }
        for y in 0..<size.height {
            for column in 0..<columns - 1 {
                renderSpan(row: y, column: column, pixels, width: width, before: backdrop, into: output)
            }
        }
    }

    /// One row of one cell. Positions are 16.16 fixed point.
    private func renderSpan(
        row y: Int, column: Int, _ pixels: UnsafeBufferPointer<UInt32>, width: Int,
        before backdrop: UnsafeBufferPointer<UInt32>, into output: UnsafeMutableRawBufferPointer
    ) {
        let corner = y / Self.cell * columns + column
        let down = Float(y % Self.cell) / Float(Self.cell)
        let left = corners[corner] + down * (corners[corner + columns] - corners[corner])
        let right = corners[corner + 1] + down * (corners[corner + columns + 1] - corners[corner + 1])
        let step = SIMD2<Int32>((right - left) * (65536 / Float(Self.cell)), rounding: .toNearestOrEven)
        var position = SIMD2<Int32>(left * 65536, rounding: .toNearestOrEven)

        let first = column * Self.cell
        for x in first..<min(first + Self.cell, size.width) {
            let at = Int(position.y >> 16) &* width &+ Int(position.x >> 16)
            let across = UInt32(truncatingIfNeeded: position.x >> 8) & 0xff
            let downwards = UInt32(truncatingIfNeeded: position.y >> 8) & 0xff
            let top = mix(pixels[at], pixels[at &+ 1], across)
            let bottom = mix(pixels[at &+ width], pixels[at &+ width &+ 1], across)
            let pixel = y &* size.width &+ x
            let colour = over(mix(top, bottom, downwards), backdrop[pixel])
            let target = 3 &* pixel
            output[target] = UInt8(truncatingIfNeeded: colour)
            output[target &+ 1] = UInt8(truncatingIfNeeded: colour >> 8)
            output[target &+ 2] = UInt8(truncatingIfNeeded: colour >> 16)
            position &+= step
        }
    }
}
