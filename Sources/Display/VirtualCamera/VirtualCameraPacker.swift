/// Turns interleaved RGB into what a loopback camera takes: BT.601, limited range.
enum VirtualCameraPacker {
    /// - Parameters:
    ///   - rgb: of `layout.size`, rows contiguous.
    ///   - isMirrored: left and right change places.
    ///   - output: `layout.byteCount` bytes. Bytes between the rows are left alone.
    static func pack(
        _ rgb: UnsafePointer<UInt8>, isMirrored: Bool, _ layout: VirtualCameraLayout,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        switch layout.format {
        case .yuyv: packYUYV(rgb, isMirrored: isMirrored, layout, into: output)
        case .yu12: packYU12(rgb, isMirrored: isMirrored, layout, into: output)
        }
    }

    /// A chroma sample is the mean of its two pixels.
    private static func packYUYV(
        _ rgb: UnsafePointer<UInt8>, isMirrored: Bool, _ layout: VirtualCameraLayout,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        let width = layout.size.width
        let step = isMirrored ? -3 : 3
        for y in 0..<layout.size.height {
            var left = rgb + 3 &* width &* y + (isMirrored ? 3 &* (width &- 1) : 0)
            var target = output + layout.bytesPerLine &* y
            for _ in 0..<width / 2 {
                let right = left + step
                // Chroma wants the sum of four pixels.
                let (blue, red) = RGBToYUV.chroma(
                    (
                        2 &* (Int32(left[0]) &+ Int32(right[0])), 2 &* (Int32(left[1]) &+ Int32(right[1])),
                        2 &* (Int32(left[2]) &+ Int32(right[2]))
                    ))
                target[0] = RGBToYUV.luma(left)
                target[1] = blue
                target[2] = RGBToYUV.luma(right)
                target[3] = red
                left = right + step
                target += 4
            }
        }
    }

    /// A chroma sample is the mean of its 2x2 pixels.
    private static func packYU12(
        _ rgb: UnsafePointer<UInt8>, isMirrored: Bool, _ layout: VirtualCameraLayout,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        let (width, height) = (layout.size.width, layout.size.height)
        let chromaLine = layout.bytesPerLine / 2
        let bluePlane = output + layout.bytesPerLine &* height
        let redPlane = bluePlane + chromaLine &* (height / 2)
        let step = isMirrored ? -3 : 3
        for y in 0..<height / 2 {
            var upper = rgb + 3 &* width &* (2 &* y) + (isMirrored ? 3 &* (width &- 1) : 0)
            let luma = output + layout.bytesPerLine &* (2 &* y)
            for x in 0..<width / 2 {
                let lower = upper + 3 &* width
                let (upperRight, lowerRight) = (upper + step, lower + step)
                @inline(__always) func sum(_ channel: Int) -> Int32 {
                    Int32(upper[channel]) &+ Int32(upperRight[channel])
                        &+ Int32(lower[channel]) &+ Int32(lowerRight[channel])
                }
                luma[2 &* x] = RGBToYUV.luma(upper)
                luma[2 &* x &+ 1] = RGBToYUV.luma(upperRight)
                luma[layout.bytesPerLine &+ 2 &* x] = RGBToYUV.luma(lower)
                luma[layout.bytesPerLine &+ 2 &* x &+ 1] = RGBToYUV.luma(lowerRight)
                let index = chromaLine &* y &+ x
                (bluePlane[index], redPlane[index]) = RGBToYUV.chroma((sum(0), sum(1), sum(2)))
                upper = upperRight + step
            }
        }
    }
}
