import TestSupport
import Testing

@testable import Frames

@Suite("Square fit against a naive reference in double precision")
struct SquareFitTests {
    private func fit(_ picture: PixelBuffer, side: Int) -> PixelBuffer {
        let fit = SquareFit(from: picture.size, side: side)
        return PixelBuffer(size: FrameSize(square: side)) { fit(picture, into: $0) }
    }

    /// The value of an output pixel by integrating over the area it covers, or between pixel centres.
    private func reference(_ picture: PixelBuffer, side: Int, _ x: Int, _ y: Int, _ channel: Int) -> Double {
        let crop = min(picture.size.width, picture.size.height)
        let origin = ((picture.size.width - crop) / 2, (picture.size.height - crop) / 2)
        func sample(_ x: Int, _ y: Int) -> Double { Double(picture.pixel(origin.0 + x, origin.1 + y)[channel]) }
        let scale = Double(crop) / Double(side)
        var sum = 0.0
        for row in 0..<crop {
            let vertical = weight(of: row, for: y, scale, crop)
            guard vertical > 0 else { continue }
            for column in 0..<crop {
                let horizontal = weight(of: column, for: x, scale, crop)
                if horizontal > 0 { sum += vertical * horizontal * sample(column, row) }
            }
        }
        return sum
    }

    private func weight(of source: Int, for target: Int, _ scale: Double, _ count: Int) -> Double {
        if scale >= 1 {
            let (lower, upper) = (Double(target) * scale, Double(target + 1) * scale)
            return max(0, min(upper, Double(source + 1)) - max(lower, Double(source))) / scale
        }
        let centre = min(max((Double(target) + 0.5) * scale - 0.5, 0), Double(count - 1))
        return max(0, 1 - abs(Double(source) - centre))
    }

    @Test(arguments: [
        (FrameSize(width: 45, height: 23), 7), (FrameSize(width: 23, height: 46), 22),
        (FrameSize(width: 30, height: 20), 10),
        (FrameSize(width: 5, height: 3), 16), (FrameSize(width: 1, height: 1), 4), (FrameSize(width: 9, height: 1), 1),
        (FrameSize(width: 31, height: 17), 1), (FrameSize(width: 18, height: 16), 15),
    ])
    func matchesReference(_ size: FrameSize, _ side: Int) {
        let picture = PixelBuffer.noise(size)
        let result = fit(picture, side: side)
        var worst = 0.0
        for y in 0..<side {
            for x in 0..<side {
                for channel in 0..<3 {
                    let expected = reference(picture, side: side, x, y, channel)
                    worst = max(worst, abs(expected - Double(result.pixel(x, y)[channel])))
                }
            }
        }
        #expect(worst < 0.501, "\(size) to \(side): off by \(worst), where rounding alone allows 0.5")
    }

    @Test func copiesWhatAlreadyFits() {
        let square = PixelBuffer.noise(FrameSize(square: 33))
        #expect(fit(square, side: 33).bytes == square.bytes, "a square of the right side must stay bit for bit")
        let wide = PixelBuffer.noise(FrameSize(width: 38, height: 33))
        let cropped = fit(wide, side: 33)
        #expect(cropped.pixel(0, 0) == wide.pixel(2, 0), "crops (38 - 33) / 2 columns on the left")
        #expect(cropped.pixel(32, 32) == wide.pixel(34, 32), "keeps the rest in place")
    }

    @Test(arguments: [64, 65, 256]) func keepsPlainAreasExactly(_ side: Int) {
        for value in [UInt8(0), 1, 128, 254, 255] {
            let plain = PixelBuffer(FrameSize(width: 150, height: 131)) { _, _ in (value, value, value) }
            #expect(fit(plain, side: side).bytes.allSatisfy { $0 == value }, "plain \(value) at side \(side)")
        }
    }

    @Test func keepsSequenceAndTime() {
        let frame = Frame(pixels: .noise(FrameSize(square: 4)), sequence: 9, captured: MonotonicTime(nanoseconds: 77))
        let pool = FramePool(size: FrameSize(square: 2), capacity: 1)
        let result = SquareFit(from: frame.size, side: 2)(frame, from: pool)
        #expect(result.sequence == 9 && result.captured.nanoseconds == 77 && result.size == FrameSize(square: 2))
    }
}
