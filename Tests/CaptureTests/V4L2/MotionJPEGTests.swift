import Frames
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite("Motion JPEG: what is whole, and what is made smaller")
struct MotionJPEGTests {
    private static let size = FrameSize(width: 48, height: 32)
    private static let jpeg = JPEGBuilder.encode(.smooth(size), .halvedChroma)

    private func expectSmooth(_ bytes: [UInt8], _ what: Comment) throws {
        let pixels = try #require(CameraSample.decode(bytes, StreamFormat(.mjpeg, Self.size)), what)
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
        for count in 4..<(Self.jpeg.count - 3) {
            #expect(
                CameraSample.decode(Array(Self.jpeg.prefix(count)), stream) == nil, "\(count) of \(Self.jpeg.count)")
        }
        #expect(
            CameraSample.decode(Self.jpeg, StreamFormat(.mjpeg, FrameSize(width: 32, height: 48))) == nil,
            "another size")
        #expect(CameraSample.decode(Array(repeating: 0xFF, count: 1000), stream) == nil, "no JPEG")
    }

    /// Some cameras never write the end marker; what lacks more than that is cut short.
    @Test(arguments: [JPEGBuilder.Kind.colour, .halvedChroma, .grey], [1, 2, 3, 4, 5, 6])
    func theEndMarkerMayBeMissing(_ kind: JPEGBuilder.Kind, _ seed: UInt64) throws {
        let picture = PixelBuffer.noise(Self.size, seed: seed)
        let jpeg = JPEGBuilder.encode(picture, kind)
        let stream = StreamFormat(.mjpeg, Self.size)
        let whole = try #require(CameraSample.decode(jpeg, stream)).bytes
        #expect(CameraSample.decode(jpeg.dropLast(2), stream)?.bytes == whole, "without the marker")
        #expect(CameraSample.decode(jpeg.dropLast(1), stream)?.bytes == whole, "with half of it")
        #expect(CameraSample.decode(jpeg + [9, 9, 9], stream)?.bytes == whole, "with something after it")
        for missing in 4..<60 {  // with one byte less than the marker, that byte may have been padding
            let cut = Array(jpeg.dropLast(missing))
            #expect(CameraSample.decode(cut, stream) == nil, "\(missing) bytes missing")
            let filled = CameraSample.decode(cut + Array(repeating: 0, count: 4000), stream)
            #expect(filled == nil, "\(missing) bytes missing, zeros in their place")
        }
    }

    @Test(arguments: [
        (FrameSize(width: 1280, height: 720), 720, 256, 2), (FrameSize(width: 1280, height: 720), 511, 256, 1),
        (FrameSize(width: 1280, height: 720), 512, 256, 2), (FrameSize(width: 1920, height: 1080), 1080, 256, 4),
        (FrameSize(width: 1920, height: 1080), 1080, 64, 8), (FrameSize(width: 640, height: 480), 480, 256, 1),
        (FrameSize(width: 322, height: 242), 242, 16, 2), (FrameSize(width: 321, height: 240), 240, 16, 1),
    ])
    func dividesAsFarAsIsSeen(_ size: FrameSize, _ side: Int, _ leastSide: Int, _ divisor: Int) {
        let square = FrameSquare(x: 0, y: 0, side: side, in: size)
        #expect(MotionJPEG.divisor(size, square, leastSide: leastSide) == divisor, "\(square) of \(size)")
    }

    /// Against the whole picture, decoded and averaged: the decoder averages in the frequency domain.
    @Test(arguments: [2, 4, 8], [JPEGBuilder.Kind.colour, .halvedChroma, .grey])
    func smallerIsTheAverage(_ divisor: Int, _ kind: JPEGBuilder.Kind) throws {
        let size = FrameSize(width: 160, height: 96)
        let picture = PixelBuffer(size) { x, y in
            (UInt8(40 + x), UInt8(110 + 50 * sin(Double(x) / 7) * cos(Double(y) / 9)), UInt8(200 - x / 2 - y))
        }
        let stream = StreamFormat(.mjpeg, size)
        let jpeg = JPEGBuilder.encode(picture, kind, quality: 95)
        let whole = try #require(CameraSample.decode(jpeg, stream))
        let wanted = WantedSquare(.centred(in: size), leastSide: 96 / divisor)
        let small = try #require(CameraSample.decode(jpeg, stream, wanted: wanted))
        #expect(small.size == FrameSize(width: 160 / divisor, height: 96 / divisor))
        var sum = 0.0
        for y in 0..<small.size.height {
            for x in 0..<small.size.width {
                for channel in 0..<3 {
                    var mean = 0.0
                    for row in 0..<divisor {
                        for column in 0..<divisor {
                            mean += Double(whole.pixel(divisor * x + column, divisor * y + row)[channel])
                        }
                    }
                    sum += abs(Double(small.pixel(x, y)[channel]) - mean / Double(divisor * divisor))
                }
            }
        }
        let mean = sum / Double(3 * small.size.pixelCount)
        #expect(mean < 1, "1/\(divisor) of \(kind): off by \(mean) levels on average")
    }
}
