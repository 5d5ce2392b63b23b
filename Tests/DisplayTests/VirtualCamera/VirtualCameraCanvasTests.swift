import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Display

@Suite("Loopback picture")
struct VirtualCameraCanvasTests {
    private let size = FrameSize(width: 64, height: 48)

    private func canvas(_ fill: VirtualCameraFill, _ size: FrameSize? = nil) -> VirtualCameraCanvas {
        VirtualCameraCanvas(VirtualCameraLayout(.yuyv, size ?? self.size), fill: fill)
    }

    /// The luma of a YUYV picture, and its chroma as U and V of each pixel.
    private struct Decoded {
        let size: FrameSize
        let bytes: [UInt8]
        func luma(_ x: Int, _ y: Int) -> Int { Int(bytes[2 * (size.width * y + x)]) }
        func chroma(_ x: Int, _ y: Int) -> [UInt8] {
            let pair = 2 * (size.width * y + x / 2 * 2)
            return [bytes[pair + 1], bytes[pair + 3]]
        }
    }

    private func draw(
        _ canvas: VirtualCameraCanvas, _ picture: PixelBuffer, isMirrored: Bool = false
    ) -> Decoded {
        Decoded(size: canvas.layout.size, bytes: Array(canvas.draw(picture, isMirrored: isMirrored)))
    }

    @Test(arguments: [(64, 48), (48, 64), (50, 48)]) func aColourSurroundsThePicture(_ width: Int, _ height: Int) {
        let size = FrameSize(width: width, height: height)
        let place = FramePlace(of: FrameSize(square: 20), in: size)
        // Pure green: no other colour has its chroma.
        let picture = draw(canvas(.colour(red: 0, green: 255, blue: 0), size), grey(200, side: 20).pixels)
        for y in 0..<height {
            for x in 0..<width {
                let inside =
                    (place.x..<place.x + place.size.width).contains(x)
                    && (place.y..<place.y + place.size.height).contains(y)
                #expect(picture.luma(x, y) == (inside ? Int(luma(200)) : 145), "at \(x), \(y)")
            }
        }
        let corner = picture.chroma(width - 1, height - 1)
        #expect(width == height || corner == [54, 34], "\(corner)")
    }

    @Test func aPictureOfTheSquaresSizeIsNotResampled() {
        let source = PixelBuffer.noise(FrameSize(square: 48))
        let picture = draw(canvas(.black), source)
        for y in 0..<48 {
            for x in 0..<48 {
                let rgb = source.pixel(x, y)
                #expect(abs(Double(picture.luma(8 + x, y)) - referenceLuma(rgb)) <= 1)
            }
        }
    }

    @Test(arguments: [20, 48, 96]) func scalingKeepsEdgesWhereTheyAre(_ side: Int) {
        let source = PixelBuffer(FrameSize(square: side)) { x, y in
            2 * x < side ? (255, 255, 255) : 2 * y < side ? (0, 0, 0) : (128, 128, 128)
        }
        let picture = draw(canvas(.black), source)
        #expect(picture.luma(8, 24) == 235 && picture.luma(28, 40) == 235)
        #expect(picture.luma(36, 4) == 16 && picture.luma(36, 44) == 126)
        #expect(picture.luma(7, 24) == 16 && picture.luma(56, 44) == 16)
    }

    @Test(
        arguments: [VirtualCameraFill.blur, .black],
        [FrameSize(width: 64, height: 48), FrameSize(width: 50, height: 48)])
    func mirroringReversesEveryRow(_ fill: VirtualCameraFill, _ size: FrameSize) {
        let source = PixelBuffer.noise(FrameSize(square: 30))
        let (plain, mirrored) = (
            draw(canvas(fill, size), source), draw(canvas(fill, size), source, isMirrored: true)
        )
        for y in 0..<size.height {
            for x in 0..<size.width {
                #expect(mirrored.luma(x, y) == plain.luma(size.width - 1 - x, y))
                #expect(mirrored.chroma(x, y) == plain.chroma(size.width - 1 - x, y))
            }
        }
    }

    @Test func theBackdropIsThePictureDimmedAndBlurred() {
        let flat = draw(canvas(.blur), grey(200, side: 20).pixels)
        #expect((0..<48).allSatisfy { abs(flat.luma(0, $0) - Int(luma(110))) <= 1 }, "200 dimmed to 55 %")

        // Black left, white right: the bars take their brightness from the side they are on.
        let halves = PixelBuffer(FrameSize(square: 256)) { x, _ in x < 128 ? (0, 0, 0) : (255, 255, 255) }
        let picture = draw(canvas(.blur), halves)
        #expect((0..<48).allSatisfy { picture.luma(0, $0) == 16 && picture.luma(63, $0) == Int(luma(140)) })

        // Fine noise must not survive.
        let noise = draw(canvas(.blur), .noise(FrameSize(square: 256)))
        let bar = (0..<47).map { abs(noise.luma(3, $0) - noise.luma(3, $0 + 1)) }
        #expect(bar.max()! <= 4, "\(bar)")
    }

    /// A wide picture in a camera of other proportions, then a square one: nothing of either stays beside the next.
    @Test(arguments: [VirtualCameraFill.blur, .black]) func allOfAWidePictureIsShown(_ fill: VirtualCameraFill) {
        let wide = PixelBuffer(FrameSize(width: 128, height: 48)) { x, _ in
            x < 8 ? (255, 255, 255) : x < 120 ? (128, 128, 128) : (0, 0, 0)
        }
        let canvas = canvas(fill)
        let picture = draw(canvas, wide)
        #expect((12..<36).allSatisfy { picture.luma(1, $0) == 235 && picture.luma(32, $0) == 126 })
        #expect((12..<36).allSatisfy { picture.luma(62, $0) == 16 })
        #expect(picture.luma(32, 11) < 80 && picture.luma(32, 36) < 80, "the fill is above and below it")
        let square = PixelBuffer.noise(FrameSize(square: 30))
        #expect(draw(canvas, square).bytes == draw(self.canvas(fill), square).bytes)
    }

    @Test func theBackdropHasNoSteps() {
        let picture = draw(canvas(.blur, FrameSize(width: 640, height: 480)), .smooth(FrameSize(square: 256)))
        for y in 0..<479 {
            for x in [0, 40, 79, 560, 639] { #expect(abs(picture.luma(x, y) - picture.luma(x, y + 1)) <= 1) }
        }
    }

    @Test func cardsAreNeverMirroredAndHaveTheirOwnGround() throws {
        let card = PixelBuffer(FrameSize(square: 48)) { x, _ in x < 24 ? (200, 200, 200) : (32, 34, 38) }
        let canvas = canvas(.blur)
        _ = canvas.draw(.noise(FrameSize(square: 20)), isMirrored: true)
        let picture = Decoded(size: size, bytes: Array(canvas.draw(card: card)))
        #expect(picture.luma(10, 20) == Int(luma(200)) && picture.luma(50, 20) == Int(luma(34)))
        #expect(picture.luma(0, 20) == picture.luma(50, 20) && picture.luma(63, 0) == picture.luma(50, 20))
    }

    /// A card, a picture, a card: what one leaves in the bars must not stay for the other.
    @Test(arguments: [VirtualCameraFill.blur, .black]) func picturesAndCardsTakeTurns(_ fill: VirtualCameraFill) {
        let (card, source) = (grey(90, side: 48).pixels, PixelBuffer.noise(FrameSize(square: 30)))
        let expected = draw(canvas(fill), source).bytes
        let canvas = canvas(fill)
        let first = Array(canvas.draw(card: card))
        #expect(draw(canvas, source).bytes == expected)
        #expect(Array(canvas.draw(card: card)) == first)
        #expect(draw(canvas, source).bytes == expected)
    }

    @Test(arguments: [VirtualCameraFill.blur, .black]) func aPictureAllocatesNothing(_ fill: VirtualCameraFill) {
        let canvas = canvas(fill)
        let pictures = [PixelBuffer.noise(FrameSize(square: 40)), .noise(FrameSize(square: 40), seed: 2)]
        _ = canvas.draw(pictures[0], isMirrored: false)
        allocation_counter_start()
        for index in 0..<10 { _ = canvas.draw(pictures[index % 2], isMirrored: index % 3 == 0) }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 10 pictures")
    }

    @Test(
        arguments: [
            ("blur", .blur), ("Blur", .blur), ("black", .black), ("#000000", .black),
            ("#FF8001", .colour(red: 255, green: 128, blue: 1)), ("#ff8001", .colour(red: 255, green: 128, blue: 1)),
            ("", nil), ("white", nil), ("#FFF", nil), ("#GG0000", nil), ("#+12345", nil), ("FF8001", nil),
            ("#FF80012", nil), ("#٠٠٠", nil),
        ] as [(String, VirtualCameraFill?)])
    func fillsAreReadFromText(_ text: String, _ fill: VirtualCameraFill?) { #expect(VirtualCameraFill(text) == fill) }
}

@Suite("Loopback colours")
struct VirtualCameraPackerTests {
    /// Every corner, edge and much of the inside of the colour cube.
    private static let colours: [[UInt8]] = {
        let levels: [UInt8] = [0, 1, 17, 51, 85, 119, 127, 128, 153, 187, 221, 254, 255]
        return levels.flatMap { red in levels.flatMap { green in levels.map { blue in [red, green, blue] } } }
    }()

    private func pack(_ layout: VirtualCameraLayout, isMirrored: Bool = false, _ pixel: (Int, Int) -> [UInt8])
        -> [UInt8]
    {
        let picture = PixelBuffer(layout.size) { x, y in
            let rgb = pixel(x, y)
            return (rgb[0], rgb[1], rgb[2])
        }
        var output = [UInt8](repeating: 77, count: layout.byteCount)
        output.withUnsafeMutableBufferPointer { output in
            picture.withBytes { bytes in
                VirtualCameraPacker.pack(
                    bytes.bindMemory(to: UInt8.self).baseAddress!, isMirrored: isMirrored, layout,
                    into: output.baseAddress!)
            }
        }
        return output
    }

    @Test func yuyvMatchesTheMatrix() {
        let colours = Self.colours
        let layout = VirtualCameraLayout(.yuyv, FrameSize(width: 2 * colours.count, height: 2))
        // Row 0: each colour twice. Row 1: neighbours differ, chroma is of their mean.
        let bytes = pack(layout) { x, y in y == 0 ? colours[x / 2] : colours[(x * 7) % colours.count] }
        var worst = 0.0
        for y in 0..<2 {
            for pair in 0..<colours.count {
                let at = layout.bytesPerLine * y + 4 * pair
                let left = y == 0 ? colours[pair] : colours[(14 * pair) % colours.count]
                let right = y == 0 ? colours[pair] : colours[(14 * pair + 7) % colours.count]
                let (blue, red) = referenceChroma([left, right])
                let expected = [referenceLuma(left), blue, referenceLuma(right), red]
                for (index, value) in expected.enumerated() {
                    worst = max(worst, abs(Double(bytes[at + index]) - value))
                }
            }
        }
        #expect(worst <= 0.51, "off by \(worst) levels")
    }

    @Test func greysHaveNoColourAndWhiteIs235() {
        let layout = VirtualCameraLayout(.yuyv, FrameSize(width: 512, height: 2))
        let bytes = pack(layout) { x, _ in [UInt8](repeating: UInt8(x / 2), count: 3) }
        for level in 0..<256 {
            #expect(
                bytes[4 * level] == luma(UInt8(level)) && bytes[4 * level + 1] == 128 && bytes[4 * level + 3] == 128)
        }
        #expect(bytes[0] == 16 && bytes[4 * 255] == 235)
    }

    @Test(arguments: [false, true]) func yu12MatchesTheMatrix(_ isMirrored: Bool) {
        let colours = Self.colours
        let size = FrameSize(width: 52, height: 42)
        let layout = VirtualCameraLayout(.yu12, size, bytesPerLine: 60)
        let pixel = { (x: Int, y: Int) in colours[(31 * x + 17 * y) % colours.count] }
        let bytes = pack(layout, isMirrored: isMirrored, pixel)
        func seen(_ x: Int, _ y: Int) -> [UInt8] { pixel(isMirrored ? size.width - 1 - x : x, y) }
        let (blueStart, redStart) = (60 * 42, 60 * 42 + 30 * 21)
        for y in 0..<42 {
            for x in 0..<52 { #expect(abs(Double(bytes[60 * y + x]) - referenceLuma(seen(x, y))) <= 1) }
        }
        for y in 0..<21 {
            for x in 0..<26 {
                let block = [
                    seen(2 * x, 2 * y), seen(2 * x + 1, 2 * y), seen(2 * x, 2 * y + 1), seen(2 * x + 1, 2 * y + 1),
                ]
                let (blue, red) = referenceChroma(block)
                #expect(abs(Double(bytes[blueStart + 30 * y + x]) - blue) <= 1)
                #expect(abs(Double(bytes[redStart + 30 * y + x]) - red) <= 1)
            }
        }
    }

    @Test func rowsMayHaveGaps() {
        let size = FrameSize(width: 4, height: 2)
        let bytes = pack(VirtualCameraLayout(.yuyv, size, bytesPerLine: 16)) { _, _ in [255, 255, 255] }
        let row: [UInt8] = [235, 128, 235, 128, 235, 128, 235, 128, 77, 77, 77, 77, 77, 77, 77, 77]
        #expect(bytes == row + row)
    }
}

/// BT.601, limited range, in double precision.
private func referenceLuma(_ rgb: [UInt8]) -> Double {
    16 + 219 * (0.299 * Double(rgb[0]) + 0.587 * Double(rgb[1]) + 0.114 * Double(rgb[2])) / 255
}

/// Of the mean of some pixels.
private func referenceChroma(_ pixels: [[UInt8]]) -> (blue: Double, red: Double) {
    let mean = (0..<3).map { channel in pixels.map { Double($0[channel]) }.reduce(0, +) / Double(pixels.count) / 255 }
    let luma = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2]
    return (128 + 224 * (mean[2] - luma) / 1.772, 128 + 224 * (mean[0] - luma) / 1.402)
}
