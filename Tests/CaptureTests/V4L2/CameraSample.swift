import Frames
import TestSupport

@testable import Capture

/// Components apart, as random bytes, and the same laid out as a camera does, padding filled with noise.
struct CameraSample {
    let layout: ChromaLayout
    let luma: [UInt8]
    let cb: [UInt8]
    let cr: [UInt8]
    let bytes: [UInt8]

    init(_ stream: StreamFormat) {
        var random = SeededRandom(seed: 5)
        func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let (size, stride) = (stream.size, stream.bytesPerLine)
        layout = stream.format == .yuyv ? .full422 : [.grey, .rgb24].contains(stream.format) ? .mono : .mpeg420
        let chroma = layout.chromaSize(of: size)
        let (width, rows) = (chroma?.width ?? 0, chroma?.height ?? 0)
        (luma, cb, cr) = (noise(size.pixelCount), noise(width * rows), noise(width * rows))
        var bytes = noise(stream.leastByteCount)
        for y in 0..<size.height {
            for x in 0..<size.width {
                bytes[y * stride + (stream.format == .yuyv ? 2 * x : x)] = luma[y * size.width + x]
            }
        }
        let start = stride * size.height
        for y in 0..<rows {
            for x in 0..<width {
                let half = (stride + 1) / 2
                let (blue, red) =
                    switch stream.format {
                    case .yuyv: (y * stride + 4 * x + 1, y * stride + 4 * x + 3)
                    case .nv12: (start + y * stride + 2 * x, start + y * stride + 2 * x + 1)
                    default: (start + y * half + x, start + (rows + y) * half + x)
                    }
                (bytes[blue], bytes[red]) = (cb[y * width + x], cr[y * width + x])
            }
        }
        self.bytes = bytes
    }

    /// - Returns: `nil` for what is no whole picture.
    static func decode(_ bytes: [UInt8], _ stream: StreamFormat, wanted: WantedSquare? = nil) -> PixelBuffer? {
        let decoder = CameraDecoder(stream)
        decoder.wanted = wanted
        var isWhole = false
        let pixels = PixelBuffer(size: decoder.pictureSize) { rgb in
            isWhole = bytes.withUnsafeBytes { decoder.decode($0, into: rgb) }
        }
        return isWhole ? pixels : nil
    }
}
