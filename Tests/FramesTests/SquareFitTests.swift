import TestSupport
import Testing

@testable import Frames
@testable import System

@Suite("Square fit against a naive reference in double precision")
struct SquareFitTests {
    private func fit(_ picture: PixelBuffer, side: Int, square: FrameSquare? = nil) -> PixelBuffer {
        let fit = SquareFit(from: picture.size, side: side, square: square)
        return PixelBuffer(size: FrameSize(square: side)) { fit(picture, into: $0) }
    }

    @Test(arguments: [
        (FrameSize(width: 45, height: 23), 7), (FrameSize(width: 23, height: 46), 22),
        (FrameSize(width: 30, height: 20), 10),
        (FrameSize(width: 5, height: 3), 16), (FrameSize(width: 1, height: 1), 4), (FrameSize(width: 9, height: 1), 1),
        (FrameSize(width: 31, height: 17), 1), (FrameSize(width: 18, height: 16), 15),
    ])
    func matchesReference(_ size: FrameSize, _ side: Int) {
        let picture = PixelBuffer.noise(size)
        let crop = min(size.width, size.height)
        let worst = SquareFitReference.difference(
            fit(picture, side: side), from: picture,
            .init(start: Double((size.width - crop) / 2), length: Double(crop)),
            .init(start: Double((size.height - crop) / 2), length: Double(crop)))
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
