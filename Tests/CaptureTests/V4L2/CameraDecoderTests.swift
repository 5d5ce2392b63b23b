import CV4L2
import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("Camera formats to RGB, against a reference in double precision")
struct CameraDecoderTests {
    static let sizes = [
        FrameSize(width: 1, height: 1), FrameSize(width: 2, height: 2), FrameSize(width: 7, height: 5),
        FrameSize(width: 33, height: 18), FrameSize(width: 16, height: 31),
    ]
    private static let raw: [CameraFormat] = [.yuyv, .nv12, .i420, .grey]

    @Test(arguments: raw, sizes)
    func matchesReference(_ format: CameraFormat, _ size: FrameSize) throws {
        for padding in [0, 1, 6, 64] {
            for encoding in YUVEncoding.allCases {
                for isFullRange in [false, true] {
                    let stream = StreamFormat(
                        format, size, bytesPerLine: format.leastBytesPerLine(size.width) + padding, encoding: encoding,
                        isFullRange: isFullRange)
                    let sample = CameraSample(stream)
                    let result = try #require(CameraSample.decode(sample.bytes, stream))
                    let worst = difference(result, sample, stream)
                    #expect(
                        worst < 0.6, "\(format) \(size) +\(padding) \(encoding) full \(isFullRange): off by \(worst)")
                }
            }
        }
    }

    private func difference(_ result: PixelBuffer, _ sample: CameraSample, _ stream: StreamFormat) -> Double {
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
        #expect(try #require(CameraSample.decode(bytes, stream)).bytes == picture.bytes)
        let limited = StreamFormat(.rgb24, size, bytesPerLine: row + padding, isFullRange: false)
        let worst = zip(try #require(CameraSample.decode(bytes, limited)).bytes, picture.bytes).map {
            abs(Double($0) - min(max((Double($1) - 16) * 255 / 219, 0), 255))
        }.max()
        #expect(try #require(worst) <= 0.5)
    }

    @Test(arguments: CameraFormat.allCases)
    func fewerBytesAreNoPicture(_ format: CameraFormat) {
        let stream = StreamFormat(format, FrameSize(width: 7, height: 5), bytesPerLine: 24)
        #expect(CameraSample.decode(Array(repeating: 0, count: stream.leastByteCount - 1), stream) == nil)
        #expect(CameraSample.decode([], stream) == nil)
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
}
