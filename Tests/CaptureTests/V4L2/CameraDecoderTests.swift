import CV4L2
import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("Camera formats to RGB, against a reference in double precision")
struct CameraDecoderTests {
    private static let sizes = [
        FrameSize(width: 1, height: 1), FrameSize(width: 2, height: 2), FrameSize(width: 7, height: 5),
        FrameSize(width: 33, height: 18), FrameSize(width: 16, height: 31),
    ]
    private static let raw: [CameraFormat] = [.yuyv, .nv12, .i420, .grey]

    /// Components apart, as random bytes, and the same laid out as a camera does, padding filled with noise.
    private struct Sample {
        let layout: ChromaLayout
        let luma: [UInt8]
        let cb: [UInt8]
        let cr: [UInt8]
        let bytes: [UInt8]

        init(_ stream: StreamFormat) {
            var random = SeededRandom(seed: 5)
            func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let (size, stride) = (stream.size, stream.bytesPerLine)
            layout = stream.format == .yuyv ? .full422 : stream.format == .grey ? .mono : .mpeg420
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
    }

    private func decode(_ bytes: [UInt8], _ stream: StreamFormat) -> PixelBuffer? {
        let decoder = CameraDecoder(stream)
        var isWhole = false
        let pixels = PixelBuffer(size: stream.size) { rgb in
            isWhole = bytes.withUnsafeBytes { decoder.decode($0, into: rgb) }
        }
        return isWhole ? pixels : nil
    }

    @Test(arguments: raw, sizes)
    func matchesReference(_ format: CameraFormat, _ size: FrameSize) throws {
        for padding in [0, 1, 6, 64] {
            for encoding in YUVEncoding.allCases {
                for isFullRange in [false, true] {
                    let stream = StreamFormat(
                        format, size, bytesPerLine: format.leastBytesPerLine(size.width) + padding, encoding: encoding,
                        isFullRange: isFullRange)
                    let sample = Sample(stream)
                    let result = try #require(decode(sample.bytes, stream))
                    let worst = difference(result, sample, stream)
                    #expect(
                        worst < 0.6, "\(format) \(size) +\(padding) \(encoding) full \(isFullRange): off by \(worst)")
                }
            }
        }
    }

    private func difference(_ result: PixelBuffer, _ sample: Sample, _ stream: StreamFormat) -> Double {
        var worst = 0.0
        for y in 0..<stream.size.height {
            for x in 0..<stream.size.width {
                var (cb, cr) = (128.0, 128.0)
                if let chroma = sample.layout.chromaSize(of: stream.size) {
                    cb = YUVReference.chroma(sample.cb[...], chroma, sample.layout, x, y)
                    cr = YUVReference.chroma(sample.cr[...], chroma, sample.layout, x, y)
                }
                let exact = YUVReference.rgb(
                    Double(sample.luma[y * stream.size.width + x]), cb, cr, stream.encoding,
                    isFullRange: stream.isFullRange)
                for (value, exact) in zip(result.pixel(x, y), exact) { worst = max(worst, abs(Double(value) - exact)) }
            }
        }
        return worst
    }

    @Test(arguments: sizes, [0, 1, 6, 64])
    func rgbIsCopied(_ size: FrameSize, _ padding: Int) throws {
        let picture = PixelBuffer.noise(size)
        let row = 3 * size.width
        var bytes: [UInt8] = []
        for y in 0..<size.height {
            bytes += picture.bytes[(row * y)..<(row * (y + 1))] + Array(repeating: 99, count: padding)
        }
        bytes.removeLast(padding)  // the last row needs none
        let stream = StreamFormat(.rgb24, size, bytesPerLine: row + padding)
        #expect(try #require(decode(bytes, stream)).bytes == picture.bytes)
        let limited = StreamFormat(.rgb24, size, bytesPerLine: row + padding, isFullRange: false)
        let worst = zip(try #require(decode(bytes, limited)).bytes, picture.bytes).map {
            abs(Double($0) - min(max((Double($1) - 16) * 255 / 219, 0), 255))
        }.max()
        #expect(try #require(worst) <= 0.5)
    }

    @Test(arguments: CameraFormat.allCases)
    func fewerBytesAreNoPicture(_ format: CameraFormat) {
        let stream = StreamFormat(format, FrameSize(width: 7, height: 5), bytesPerLine: 24)
        #expect(decode(Array(repeating: 0, count: stream.leastByteCount - 1), stream) == nil)
        #expect(decode([], stream) == nil)
    }

    @Test(
        arguments: [
            ("YUYV", V4L2_COLORSPACE_DEFAULT, 0, 0, .bt601, false), ("YUYV", V4L2_COLORSPACE_SRGB, 0, 0, .bt601, false),
            ("YUYV", V4L2_COLORSPACE_JPEG, 0, 0, .bt601, true), ("NV12", V4L2_COLORSPACE_REC709, 0, 0, .bt709, false),
            ("NV12", V4L2_COLORSPACE_SRGB, 2, 1, .bt709, true), ("GREY", V4L2_COLORSPACE_SRGB, 0, 1, .bt601, true),
            ("YU12", V4L2_COLORSPACE_JPEG, 0, 2, .bt601, false), ("YU12", V4L2_COLORSPACE_REC709, 1, 0, .bt601, false),
            ("RGB3", V4L2_COLORSPACE_SRGB, 0, 0, .bt601, true), ("RGB3", V4L2_COLORSPACE_SRGB, 0, 2, .bt601, false),
            ("YUYV", V4L2_COLORSPACE_BT2020, 0, 0, .bt2020, false),
        ] as [(StaticString, v4l2_colorspace, UInt32, UInt32, YUVEncoding, Bool)])
    func coloursAsTheDriverSays(
        _ code: StaticString, _ space: v4l2_colorspace, _ encoding: UInt32, _ quantization: UInt32,
        _ expected: YUVEncoding, _ isFullRange: Bool
    ) throws {
        var answer = v4l2_pix_format()
        (answer.width, answer.height, answer.pixelformat) = (8, 8, FourCC(code).code)
        (answer.colorspace, answer.ycbcr_enc, answer.quantization) = (space.rawValue, encoding, quantization)
        let stream = try #require(StreamFormat(answer))
        #expect(stream.encoding == expected && stream.isFullRange == isFullRange)
    }

    // MARK: Motion JPEG

    private static let size = FrameSize(width: 48, height: 32)
    private static let jpeg = JPEGBuilder.encode(.smooth(size), .halvedChroma)

    private func expectSmooth(_ bytes: [UInt8], _ what: Comment) throws {
        let pixels = try #require(decode(bytes, StreamFormat(.mjpeg, Self.size)), what)
        #expect(pixels.maximumDifference(from: .smooth(Self.size)) <= 6, what)
    }

    /// Cameras leave the Huffman tables out, as AVI's Motion JPEG does: they are the standard's own.
    @Test func needsNoHuffmanTables() throws {
        var bytes = Array(Self.jpeg[..<2])
        var at = 2
        while Self.jpeg[at + 1] != 0xDA {
            let next = at + 2 + Int(Self.jpeg[at + 2]) << 8 + Int(Self.jpeg[at + 3])
            if Self.jpeg[at + 1] != 0xC4 { bytes += Self.jpeg[at..<next] }
            at = next
        }
        bytes += Self.jpeg[at...]
        #expect(bytes.count < Self.jpeg.count)
        try expectSmooth(bytes, "without tables")
    }

    @Test func strayBytesDoNoHarm() throws {
        try expectSmooth(Self.jpeg, "plain")
        try expectSmooth(Self.jpeg + Array(repeating: 0, count: 100), "zeros after the end")
        try expectSmooth(Self.jpeg.dropLast(2) + [0, 0, 0, 0xFF, 0xD9], "zeros before the end")
        try expectSmooth(JPEGBuilder.insert(0xE0, Array("AVI1\0\0\0\0".utf8), into: Self.jpeg), "AVI's segment")
    }

    @Test func oneBadPictureDoesNotSpoilTheNext() {
        let decoder = CameraDecoder(StreamFormat(.mjpeg, Self.size))
        let small = JPEGBuilder.encode(.smooth(FrameSize(square: 16)))
        let bad: [[UInt8]] = [
            Array(Self.jpeg.prefix(Self.jpeg.count / 2)), [1, 2, 3, 4, 5, 6, 7, 8], small, Self.jpeg.dropLast(30),
        ]
        for (index, bytes) in bad.enumerated() {
            var results: [Bool] = []
            _ = PixelBuffer(size: Self.size) { rgb in
                for picture in [Self.jpeg, bytes, Self.jpeg] {
                    results.append(picture.withUnsafeBytes { decoder.decode($0, into: rgb) })
                }
            }
            #expect(results == [true, false, true], "bad picture \(index)")
        }
    }

    @Test func whatIsNotWholeIsRefused() {
        let stream = StreamFormat(.mjpeg, Self.size)
        for count in stride(from: 4, to: Self.jpeg.count - 40, by: 7) {
            #expect(decode(Array(Self.jpeg.prefix(count)), stream) == nil, "\(count) of \(Self.jpeg.count) bytes")
        }
        #expect(decode(Self.jpeg, StreamFormat(.mjpeg, FrameSize(width: 32, height: 48))) == nil, "another size")
        #expect(decode(Array(repeating: 0xFF, count: 1000), stream) == nil, "no JPEG")
    }
}
