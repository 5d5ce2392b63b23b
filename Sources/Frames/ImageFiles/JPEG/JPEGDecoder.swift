import CTurboJPEG
import System

/// JPEG of every kind that libjpeg-turbo decodes, turned upright.
enum JPEGDecoder {
    static func decode(_ file: UnsafeRawBufferPointer, path: String) throws(FrameError) -> PixelBuffer {
        guard let tidied = JPEGTidying.tidied(file) else { return try decodeTidy(file, path: path) }
        // Typed throws do not pass through the library's own closures.
        let result = tidied.withUnsafeBytes { bytes in
            Result { () throws(FrameError) in try decodeTidy(bytes, path: path) }
        }
        return try result.get()
    }

    private static func decodeTidy(_ bytes: UnsafeRawBufferPointer, path: String) throws(FrameError) -> PixelBuffer {
        let decompressor = JPEGDecompressor()
        let header = try decompressor.header(bytes, path: path)
        let size = try FrameSize(pictureWidth: header.width, height: header.height, path: path)
        let segments = JPEGSegments(bytes)
        let pixels: PixelBuffer
        if header.isCMYK {
            let cmyk = UnsafeMutableRawBufferPointer.allocate(byteCount: size.pixelCount * 4, alignment: 16)
            defer { cmyk.deallocate() }
            try decompressor.decompress(bytes, into: cmyk, size, format: TJPF_CMYK, path: path)
            pixels = PixelBuffer(size: size) {
                convert(cmyk: UnsafeRawBufferPointer(cmyk), inverted: segments.hasAdobeMarker, into: $0)
            }
        } else {
            pixels = try PixelBuffer(size: size) { (rgb) throws(FrameError) in
                try decompressor.decompress(bytes, into: rgb, size, format: TJPF_RGB, path: path)
            }
        }
        return segments.orientation.applied(to: pixels)
    }

    /// - Parameter inverted: 255 means no ink. Adobe's programs write it so, and nearly every CMYK JPEG is theirs.
    private static func convert(
        cmyk: UnsafeRawBufferPointer, inverted: Bool, into rgb: UnsafeMutableRawBufferPointer
    ) {
        let flip: UInt8 = inverted ? 0 : 255
        for pixel in 0..<(cmyk.count / 4) {
            let white = Int32(cmyk[4 * pixel + 3] ^ flip)
            for channel in 0..<3 {
                rgb[3 * pixel + channel] = UInt8((Int32(cmyk[4 * pixel + channel] ^ flip) * white + 127) / 255)
            }
        }
    }
}
