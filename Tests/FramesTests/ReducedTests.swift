import Frames
import TestSupport
import Testing

@Suite("A picture with fewer pixels")
struct ReducedTests {
    @Test func everyPixelIsTheMeanOfItsBlock() {
        let picture = PixelBuffer.noise(FrameSize(width: 11, height: 7))
        let small = picture.reduced(by: 3)
        #expect(small.size == FrameSize(width: 3, height: 2))
        for y in 0..<2 {
            for x in 0..<3 {
                for channel in 0..<3 {
                    let block = (0..<9).map { Int(picture.pixel(3 * x + $0 % 3, 3 * y + $0 / 3)[channel]) }
                    #expect(Int(small.pixel(x, y)[channel]) == (block.reduce(0, +) + 4) / 9)
                }
            }
        }
        #expect(picture.reduced(by: 1) === picture)
    }
}
