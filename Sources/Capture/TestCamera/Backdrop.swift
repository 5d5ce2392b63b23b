import Frames

/// The wall behind the test face: plain, lit from the upper left, and still while the face moves.
struct Backdrop {
    /// One per pixel of the frame; R, G, B from the lowest byte up, the highest byte unused.
    let pixels: [UInt32]

    init(size: FrameSize) {
        let extent = SIMD2(Float(size.width), Float(size.height))
        pixels = (0..<size.pixelCount).map { index in
            let fromLight = (SIMD2(Float(index % size.width), Float(index / size.width)) + 0.5) / extent - [0.3, 0.25]
            let light = 1 - 0.45 * smoothstep(0, 1.1, (fromLight * fromLight).sum().squareRoot())
            return packedPixel(SIMD4(172, 181, 190, 0) * light)
        }
    }

    /// The wall with nobody before it.
    /// - Parameter output: `[height, width, 3]` bytes, every one of which is written.
    func draw(into output: UnsafeMutableRawBufferPointer) {
        for (index, pixel) in pixels.enumerated() {
            output[3 * index] = UInt8(truncatingIfNeeded: pixel)
            output[3 * index + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
            output[3 * index + 2] = UInt8(truncatingIfNeeded: pixel >> 16)
        }
    }
}
