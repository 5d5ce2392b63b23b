import Frames
import System

/// Packs pictures as the frames of a Y4M stream, BT.601 limited range, in memory it reuses. One queue owns a value.
public final class Y4MFramePacker {
    /// As the stream's header names it.
    public enum Chroma: String, Sendable {
        /// One chroma sample for 2x2 pixels, in their middle: exactly their mean.
        case halved = "420jpeg"
        /// One for each pixel.
        case full = "444"
    }

    public let size: FrameSize
    /// The stream's first line, with its line feed.
    public let header: [UInt8]
    private static let frameLine = "FRAME\n"
    private let chroma: Chroma
    private let memory: UnsafeMutableRawBufferPointer

    public init(size: FrameSize, rate: FrameRate, chroma: Chroma) {
        self.size = size
        self.chroma = chroma
        let line =
            "YUV4MPEG2 W\(size.width) H\(size.height) F\(rate.numerator):\(rate.denominator) Ip A1:1"
            + " C\(chroma.rawValue) XCOLORRANGE=LIMITED\n"
        header = Array(line.utf8)
        let halves = ((size.width + 1) / 2) * ((size.height + 1) / 2)
        let samples = size.pixelCount + 2 * (chroma == .halved ? halves : size.pixelCount)
        memory = .allocate(byteCount: Self.frameLine.utf8.count + samples, alignment: 64)
        memory.copyBytes(from: Self.frameLine.utf8)
    }

    deinit { memory.deallocate() }

    /// Of one frame with its line.
    public var frameBytes: Int { memory.count }

    /// - Parameter body: gets the picture's frame line and planes.
    public func withFrame<Failure: Error>(
        of pixels: PixelBuffer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        pack(pixels)
        try body(UnsafeRawBufferPointer(memory))
    }

    private func pack(_ pixels: PixelBuffer) {
        precondition(pixels.size == size, "Y4M of \(size): got \(pixels.size)")
        pixels.withBytes { bytes in
            let rgb = bytes.bindMemory(to: UInt8.self).baseAddress!
            let luma = memory.baseAddress!.assumingMemoryBound(to: UInt8.self) + Self.frameLine.utf8.count
            for pixel in 0..<size.pixelCount {
                luma[pixel] = RGBToYUV.luma(rgb + 3 &* pixel)
            }
            switch chroma {
            case .full: packFullChroma(rgb, into: luma + size.pixelCount)
            case .halved: packHalvedChroma(rgb, into: luma + size.pixelCount)
            }
        }
    }

    private func packFullChroma(_ rgb: UnsafePointer<UInt8>, into blue: UnsafeMutablePointer<UInt8>) {
        let red = blue + size.pixelCount
        for index in 0..<size.pixelCount {
            let pixel = rgb + 3 &* index
            // The sums below are of four pixels.
            let sum = (4 &* Int32(pixel[0]), 4 &* Int32(pixel[1]), 4 &* Int32(pixel[2]))
            (blue[index], red[index]) = RGBToYUV.chroma(sum)
        }
    }

    /// An odd edge repeats its last row or column.
    private func packHalvedChroma(_ rgb: UnsafePointer<UInt8>, into blue: UnsafeMutablePointer<UInt8>) {
        let (width, height) = ((size.width + 1) / 2, (size.height + 1) / 2)
        let red = blue + width * height
        for y in 0..<height {
            let upper = rgb + 3 * size.width * (2 * y)
            let lower = rgb + 3 * size.width * min(2 * y + 1, size.height - 1)
            for x in 0..<width {
                let left = 6 &* x
                let right = 3 &* min(2 &* x &+ 1, size.width &- 1)
                @inline(__always) func sum(_ channel: Int) -> Int32 {
                    Int32(upper[left &+ channel]) &+ Int32(upper[right &+ channel])
                        &+ Int32(lower[left &+ channel]) &+ Int32(lower[right &+ channel])
                }
                let index = width &* y &+ x
                (blue[index], red[index]) = RGBToYUV.chroma((sum(0), sum(1), sum(2)))
            }
        }
    }
}
