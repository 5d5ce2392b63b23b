import Frames
import TestSupport
import Testing

@Suite("Pictures that are fitted into others")
struct PictureFitTests {
    @Test(arguments: [
        // Squares, as large as fits in the middle.
        ((256, 256), (640, 480), (80, 0, 480, 480)), ((20, 20), (1280, 720), (280, 0, 720, 720)),
        ((256, 256), (480, 640), (0, 80, 480, 480)), ((512, 512), (256, 256), (0, 0, 256, 256)),
        ((30, 30), (642, 480), (80, 0, 480, 480)), ((30, 30), (2, 2), (0, 0, 2, 2)),
        // Wide and tall ones stay whole.
        ((1280, 720), (640, 360), (0, 0, 640, 360)), ((720, 1280), (1280, 720), (438, 0, 404, 720)),
        ((1280, 700), (640, 480), (0, 64, 640, 350)), ((1000, 10), (64, 48), (0, 22, 64, 2)),
        ((3, 4000), (64, 48), (30, 0, 2, 48)), ((1, 4000), (7, 1), (2, 0, 2, 1)),
    ])
    func places(_ picture: (Int, Int), _ whole: (Int, Int), _ expected: (Int, Int, Int, Int)) {
        let size = FrameSize(width: whole.0, height: whole.1)
        let place = FramePlace(of: FrameSize(width: picture.0, height: picture.1), in: size)
        #expect(
            (place.x, place.y, place.size.width, place.size.height) == expected,
            "\(place.size)+\(place.x)+\(place.y) of \(size)")
        var free = 0
        for row in 0..<size.height {
            let (left, right) = place.freeColumns(inRow: row, of: size.width)
            free += left.count + right.count
        }
        #expect(free == size.pixelCount - place.size.pixelCount)
    }

    /// Twice as large, by whatever way round, is every pixel's own neighbourhood; halved it is the mean of four.
    @Test func wideAndTallPicturesKeepTheirProportions() {
        for size in [FrameSize(width: 40, height: 12), FrameSize(width: 12, height: 40)] {
            let picture = PixelBuffer.noise(size)
            let whole = FrameSize(square: 20)
            let fit = PictureFit(from: size, into: whole)
            let fitted = PixelBuffer(size: whole) {
                $0.initializeMemory(as: UInt8.self, repeating: 9)
                fit(picture, into: $0)
            }
            #expect(fit.place.size.pixelCount == size.pixelCount / 4)
            for y in 0..<20 {
                for x in 0..<20 {
                    let (column, row) = (x - fit.place.x, y - fit.place.y)
                    guard (0..<fit.place.size.width).contains(column), (0..<fit.place.size.height).contains(row) else {
                        #expect(fitted.pixel(x, y) == [9, 9, 9], "around it nothing changes")
                        continue
                    }
                    let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map { picture.pixel(2 * column + $0.0, 2 * row + $0.1) }
                    for channel in 0..<3 {
                        let mean = Double(four.map { Int($0[channel]) }.reduce(0, +)) / 4
                        #expect(abs(Double(fitted.pixel(x, y)[channel]) - mean) <= 0.51)
                    }
                }
            }
        }
    }

    @Test func aPictureOfTheSizeItGetsIsCopied() {
        let picture = PixelBuffer.noise(FrameSize(width: 30, height: 20))
        let fit = PictureFit(from: picture.size, into: FrameSize(width: 30, height: 24))
        let fitted = PixelBuffer(size: FrameSize(width: 30, height: 24)) {
            $0.initializeMemory(as: UInt8.self, repeating: 0)
            fit(picture, into: $0)
        }
        #expect(fit.place.y == 2)
        #expect(Array(fitted.bytes[(3 * 30 * 2)...].prefix(picture.bytes.count)) == picture.bytes)
    }
}
