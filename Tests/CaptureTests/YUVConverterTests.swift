import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("YUV to RGB against a reference in double precision")
struct YUVConverterTests {
    private static let sizes = [
        FrameSize(width: 1, height: 1), FrameSize(width: 2, height: 2), FrameSize(width: 7, height: 5),
        FrameSize(width: 33, height: 18), FrameSize(width: 16, height: 31),
    ]

    private func convert(
        _ planes: [UInt8], _ size: FrameSize, _ layout: ChromaLayout, isFullRange: Bool = false
    ) -> PixelBuffer {
        let converter = YUVConverter(size: size, layout: layout, isFullRange: isFullRange)
        return PixelBuffer(size: size) { rgb in planes.withUnsafeBytes { converter.convert($0, into: rgb) } }
    }

    @Test(arguments: ChromaLayout.allCases, sizes)
    func matchesReference(_ layout: ChromaLayout, _ size: FrameSize) {
        var random = SeededRandom(seed: 3)
        let planes = (0..<layout.byteCount(of: size)).map { _ in UInt8.random(in: 0...255, using: &random) }
        for isFullRange in [false, true] {
            let result = convert(planes, size, layout, isFullRange: isFullRange)
            var worst = 0.0
            for y in 0..<size.height {
                for x in 0..<size.width {
                    var (cb, cr) = (128.0, 128.0)
                    if let chromaSize = layout.chromaSize(of: size) {
                        let start = size.pixelCount
                        let half = chromaSize.pixelCount
                        cb = YUVReference.chroma(planes[start..<(start + half)], chromaSize, layout, x, y)
                        cr = YUVReference.chroma(planes[(start + half)...], chromaSize, layout, x, y)
                    }
                    let expected = YUVReference.rgb(
                        Double(planes[size.width * y + x]), cb, cr, isFullRange: isFullRange)
                    for (value, exact) in zip(result.pixel(x, y), expected) {
                        worst = max(worst, abs(Double(value) - exact))
                    }
                }
            }
            #expect(worst < 0.55, "\(layout) \(size), full range \(isFullRange): off by \(worst)")
        }
    }

    @Test(
        arguments: [
            ([16, 128, 128], [0, 0, 0]), ([235, 128, 128], [255, 255, 255]), ([81, 90, 240], [254, 0, 0]),
            ([145, 54, 34], [0, 255, 1]), ([41, 240, 110], [0, 0, 255]), ([0, 128, 128], [0, 0, 0]),
            ([255, 128, 128], [255, 255, 255]),
        ] as [([UInt8], [UInt8])])
    func knownColours(_ yuv: [UInt8], _ rgb: [UInt8]) {
        let result = convert(yuv, FrameSize(square: 1), .full444).pixel(0, 0)
        let difference = zip(result, rgb).map { abs(Int($0) - Int($1)) }.max() ?? 256
        #expect(difference <= 1, "\(yuv) gave \(result), expected \(rgb)")
    }
}
