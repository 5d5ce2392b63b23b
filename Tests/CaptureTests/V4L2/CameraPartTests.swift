import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("A camera makes only what is looked at")
struct CameraPartTests {
    private static let raw = CameraFormat.allCases.filter { $0 != .mjpeg }

    /// Bit for bit, for every square there is.
    @Test(arguments: raw, CameraDecoderTests.sizes)
    func aSquareIsTheSamePartOfTheWhole(_ format: CameraFormat, _ size: FrameSize) throws {
        for padding in [0, 5] {
            for isFullRange in [false, true] {
                let stream = StreamFormat(
                    format, size, bytesPerLine: format.leastBytesPerLine(size.width) + padding, isFullRange: isFullRange
                )
                let bytes = CameraSample(stream).bytes
                let whole = try #require(CameraSample.decode(bytes, stream))
                for side in [1, 2, 3, 4, 5, 11, 18].filter({ $0 <= min(size.width, size.height) }) {
                    for y in 0...(size.height - side) {
                        for x in 0...(size.width - side) {
                            let square = FrameSquare(x: x, y: y, side: side, in: size)
                            let wanted = WantedSquare(square, leastSide: 1)
                            let part = try #require(CameraSample.decode(bytes, stream, wanted: wanted))
                            guard part.bytes != crop(whole, square) else { continue }
                            Issue.record("\(format) \(size) +\(padding): \(square) differs from the whole")
                            return
                        }
                    }
                }
            }
        }
    }

    private func crop(_ picture: PixelBuffer, _ square: FrameSquare) -> [UInt8] {
        let bytes = picture.bytes
        return (square.y..<(square.y + square.side)).flatMap { y in
            bytes[(3 * (picture.size.width * y + square.x))...].prefix(3 * square.side)
        }
    }

    private func camera(_ format: CameraFormat, _ size: FrameSize, _ bytes: [UInt8]) throws -> Camera {
        let kernel = PlayedKernel()
        kernel.formats = [PlayedKernel.Format(code: format.code)]
        kernel.forever = PlayedKernel.Picture(bytes: bytes)
        return try Camera(path: "/dev/video9", size: size, rate: FrameRate(10), kernel.system)
    }

    @Test func framesSayWhatTheyShow() throws {
        let size = FrameSize(width: 32, height: 18)
        let camera = try camera(.yuyv, size, CameraSample(StreamFormat(.yuyv, size)).bytes)
        let whole = try #require(try camera.next())
        #expect(whole.part == FramePart(of: size) && whole.size == size)
        let square = FrameSquare(x: 7, y: 3, side: 10, in: size)
        camera.wanted = WantedSquare(square, leastSide: 4)
        let part = try #require(try camera.next())
        #expect(part.part == FramePart(square, of: size) && part.size == FrameSize(square: 10) && part.sequence == 1)
        #expect(part.pixels.bytes == crop(whole.pixels, square))
        #expect(camera.size == size, "the size is the source's, whatever is wanted")
        camera.wanted = nil
        #expect(try camera.next()?.pixels.bytes == whole.pixels.bytes, "all of it again")
    }

    @Test func aSquareOutsideIsMovedInside() throws {
        let size = FrameSize(width: 16, height: 12)
        let camera = try camera(.grey, size, Array(repeating: 90, count: size.pixelCount))
        let large = FrameSize(width: 640, height: 480)
        camera.wanted = WantedSquare(FrameSquare(x: 600, y: 3, side: 40, in: large), leastSide: 4)
        #expect(try camera.next()?.part.square == FrameSquare(x: 4, y: 0, side: 12, in: size))
    }

    @Test func motionJPEGIsMadeSmaller() throws {
        let size = FrameSize(width: 64, height: 48)
        let camera = try camera(.mjpeg, size, JPEGBuilder.encode(.smooth(size)))
        let square = FrameSquare(x: 9, y: 1, side: 41, in: size)
        camera.wanted = WantedSquare(square, leastSide: 20)
        let frame = try #require(try camera.next())
        #expect(frame.part == FramePart(of: size) && frame.size == FrameSize(width: 32, height: 24))
        let pool = FramePool(size: FrameSize(square: 20), capacity: 1)
        let fit = SquareFit(from: size, side: 20, square: square)
        let small = fit(frame, from: pool)
        camera.wanted = nil
        let whole = fit(try #require(try camera.next()), from: pool)
        let worst = small.pixels.maximumDifference(from: whole.pixels)
        #expect(worst <= 3, "what the network sees may not depend on how it was decoded: off by \(worst)")
    }
}
