import TestSupport
import Testing

@testable import Frames

@Suite("Square fit from any square, and from frames that show less than the whole picture")
struct SquareFitPartTests {
    private static let size = FrameSize(width: 44, height: 28)
    private let picture = PixelBuffer.noise(size)

    private func square(_ x: Int, _ y: Int, _ side: Int) -> FrameSquare {
        FrameSquare(x: x, y: y, side: side, in: Self.size)
    }

    private func crop(_ square: FrameSquare) -> PixelBuffer {
        PixelBuffer(FrameSize(square: square.side)) { x, y in
            let pixel = picture.pixel(square.x + x, square.y + y)
            return (pixel[0], pixel[1], pixel[2])
        }
    }

    private func fit(_ picture: PixelBuffer, _ square: FrameSquare?, side: Int) -> PixelBuffer {
        let fit = SquareFit(from: picture.size, side: side, square: square)
        return PixelBuffer(size: FrameSize(square: side)) { fit(picture, into: $0) }
    }

    @Test(arguments: [(0, 0, 28), (16, 0, 28), (3, 5, 20), (41, 25, 3), (43, 27, 1), (7, 1, 11)], [1, 3, 11, 16, 40])
    func aSquareIsThatPictureAlone(_ at: (Int, Int, Int), _ side: Int) {
        let square = square(at.0, at.1, at.2)
        let alone = fit(crop(square), nil, side: side)
        #expect(fit(picture, square, side: side).bytes == alone.bytes, "\(square) to \(side)")
    }

    @Test func centredIsWhatItAlwaysWas() {
        for size in [Self.size, FrameSize(width: 9, height: 30), FrameSize(square: 5), FrameSize(width: 6, height: 5)] {
            let centred = FrameSquare.centred(in: size)
            let side = min(size.width, size.height)
            #expect(centred.side == side && centred.x == (size.width - side) / 2, "\(centred) in \(size)")
            #expect(
                centred.y == (size.height - side) / 2 && SquareFit(from: size, side: 4).square == centred, "\(size)")
        }
    }

    @Test(arguments: [
        (-5, 3, 10, "10x10+0+3"), (40, 20, 10, "10x10+34+18"), (0, 0, 99, "28x28+0+0"), (50, 50, 0, "1x1+43+27"),
        (4, 4, Int.max, "28x28+4+0"), (Int.min / 2, Int.max, 28, "28x28+0+0"),
    ])
    func squaresAreMovedInside(_ x: Int, _ y: Int, _ side: Int, _ expected: String) {
        let square = square(x, y, side)
        #expect(square.description == expected && square.isInside(Self.size), "\(square)")
    }

    @Test func movingIsMakingAnew() {
        let moving = SquareFit(from: Self.size, side: 9)
        for square in [square(1, 2, 20), square(9, 0, 20), square(9, 0, 7), square(0, 0, 28), square(5, 5, 9)] {
            moving.move(to: square)
            let moved = PixelBuffer(size: FrameSize(square: 9)) { moving(picture, into: $0) }
            #expect(moved.bytes == fit(picture, square, side: 9).bytes, "\(square)")
        }
    }

    /// A camera that converts only what is needed must not change a bit of what the network sees.
    @Test func aPartIsAsGoodAsTheWhole() {
        let pool = FramePool(size: FrameSize(square: 8), capacity: 2)
        let fit = SquareFit(from: Self.size, side: 8, square: square(6, 4, 12))
        let whole = fit(picture.asFrame(), from: pool)
        for shown in [square(6, 4, 12), square(0, 0, 28), square(5, 3, 20)] {
            let part = FramePart(shown, of: Self.size)
            let frame = Frame(pixels: crop(shown), sequence: 3, captured: .now, part: part)
            let fitted = fit(frame, from: pool)
            #expect(fitted.pixels.bytes == whole.pixels.bytes, "a frame of \(shown)")
            #expect(fitted.part == FramePart(square(6, 4, 12), of: Self.size) && fitted.sequence == 3, "\(fitted.part)")
        }
        let late = Frame(
            pixels: crop(square(20, 10, 10)), sequence: 0, captured: .now,
            part: FramePart(square(20, 10, 10), of: Self.size))
        #expect(fit(late, from: pool).part.square == square(20, 10, 10), "the square nearest to the wanted one")
    }

    /// Of a picture at a half or a quarter of its size, squares begin and end between pixels.
    @Test(arguments: [2, 4], [(0, 0, 28), (5, 3, 21), (6, 2, 18), (17, 1, 27)])
    func cutsBetweenPixels(_ divisor: Int, _ at: (Int, Int, Int)) {
        let small = PixelBuffer.noise(FrameSize(width: 44 / divisor, height: 28 / divisor))
        let square = square(at.0, at.1, at.2)
        for side in [1, 3, 5, 9, 16] {
            let pool = FramePool(size: FrameSize(square: side), capacity: 1)
            let frame = Frame(pixels: small, sequence: 0, captured: .now, part: FramePart(of: Self.size))
            let result = SquareFit(from: Self.size, side: side, square: square)(frame, from: pool)
            let scale = Double(divisor)
            let worst = SquareFitReference.difference(
                result.pixels, from: small, .init(start: Double(square.x) / scale, length: Double(square.side) / scale),
                .init(start: Double(square.y) / scale, length: Double(square.side) / scale))
            #expect(worst < 0.501, "\(square) at 1/\(divisor) to \(side): off by \(worst)")
        }
    }
}
