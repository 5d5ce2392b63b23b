import TestSupport
import Testing

@testable import Frames

/// What ffmpeg passes over: which way up a picture is, and what it makes something else of.
@Suite("What TIFF and WebP say of themselves")
struct ForeignPictureHeaderTests {
    private func number(_ value: Int, _ count: Int, bigEndian: Bool) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return bigEndian ? bytes.reversed() : bytes
    }

    /// A TIFF's header and directory; every value is a short number.
    private func tiff(_ tags: [(tag: Int, value: Int)], bigEndian: Bool = false) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { self.number(value, count, bigEndian: bigEndian) }
        var bytes = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + number(tags.count, 2)
        for (tag, value) in tags { bytes += number(tag, 2) + number(3, 2) + number(1, 4) + number(value, 2) + [0, 0] }
        return bytes + number(0, 4)
    }

    private func webp(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, bytes) in chunks {
            body += Array(name.utf8) + number(bytes.count, 4, bigEndian: false) + bytes
            if bytes.count % 2 == 1 { body.append(0) }
        }
        return Array("RIFF".utf8) + number(body.count + 4, 4, bigEndian: false) + Array("WEBP".utf8) + body
    }

    private func read(_ bytes: [UInt8]) -> ForeignPicture { bytes.withUnsafeBytes { ForeignPicture($0) } }

    @Test(arguments: [false, true]) func aTIFFIsTurnedAsItSays(_ bigEndian: Bool) {
        for orientation in Orientation.allCases {
            let picture = read(tiff([(0x0100, 8), (0x0112, orientation.rawValue)], bigEndian: bigEndian))
            #expect(picture.orientation == orientation && picture.obstacle == nil && !picture.isAnimated)
        }
        #expect(read(tiff([(0x0112, 9)], bigEndian: bigEndian)).orientation == .upright, "no such orientation")
        #expect(read(tiff([], bigEndian: bigEndian)).orientation == .upright)
    }

    @Test func whatFFmpegReadsWronglyIsNamed() {
        #expect(read(tiff([(0x0103, 7)])).obstacle == "it has a JPEG inside")
        #expect(read(tiff([(0x0103, 6)])).obstacle == "it has a JPEG inside")
        #expect(read(tiff([(0x0103, 5), (0x0142, 128)])).obstacle == "it is made of tiles")
        #expect(read(tiff([(0x0103, 5)])).obstacle == nil, "LZW")
    }

    @Test func aWebPIsTurnedAsItsEXIFSays() {
        let exif = tiff([(0x0112, 6)])
        for block in [exif, Array("Exif\0\0".utf8) + exif] {
            let picture = read(webp([("VP8X", Array(repeating: 0, count: 10)), ("VP8L", [1, 2, 3]), ("EXIF", block)]))
            #expect(picture.orientation == .turnedRight && !picture.isAnimated)
        }
        #expect(read(webp([("VP8L", [1, 2, 3])])).orientation == .upright)
        #expect(read(webp([("VP8X", [2]), ("ANIM", [0, 0, 0, 0, 0, 0])])).isAnimated)
    }

    @Test func nothingIsReadOutsideTheFile() {
        let whole = [tiff([(0x0100, 8), (0x0112, 6)]), webp([("VP8L", [1, 2, 3]), ("EXIF", tiff([(0x0112, 6)]))])]
        for bytes in whole {
            for length in 0..<bytes.count { _ = read(Array(bytes.prefix(length))) }
            for index in bytes.indices {
                var spoilt = bytes
                spoilt[index] = 0xFF
                _ = read(spoilt)
            }
        }
    }

    @Test func aFileIsWhatItBeginsWith() throws {
        let folder = try TemporaryFolder()
        func kind(_ bytes: [UInt8], _ name: String) throws -> ImageFile.Kind? {
            try writeFile(bytes, to: folder.path(name))
            return ImageFile.kind(of: folder.path(name))
        }
        var png = PNGBuilder(width: 1, height: 1, .rgb)
        let still = png.finish(rows: [[1, 2, 3]])
        #expect(try kind(still, "a.jpg") == .still)
        let control = number(8, 4, bigEndian: true) + Array("acTL".utf8) + Array(repeating: 0, count: 12)
        #expect(try kind(Array(still[..<33]) + control + still[33...], "a.png") == .animatedPNG)
        #expect(try kind(webp([("VP8X", [2]), ("ANIM", [0, 0, 0, 0, 0, 0])]), "a.webp") == .animatedWebP)
        #expect(try kind(webp([("VP8L", [1, 2, 3])]), "b.webp") == .still)
        #expect(try kind(tiff([]), "a.tif") == .still)
        let (jpeg, thumbnails) = (
            [0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 1, 7, 0xFF, 0, 0xFF, 0xD1, 8, 0xFF, 0xD9] as [UInt8], Array("MPF\0".utf8)
        )
        #expect(try kind(jpeg, "a.jpg") == .still && kind(jpeg + [0, 0] + jpeg, "b.bin") == .motionJPEG)
        #expect(
            try kind(jpeg + Array("ftypmp42".utf8), "moving.jpg") == .still, "a phone's picture that moves when touched"
        )
        let announced = [0xFF, 0xD8, 0xFF, 0xE2, 0, 6] + thumbnails + jpeg.dropFirst(2)
        #expect(try kind(announced + jpeg, "multi.jpg") == .still)
        for length in 0..<jpeg.count { #expect(try kind(Array(jpeg.prefix(length)), "cut.jpg") != .motionJPEG) }
        #expect(try kind(Array("GIF89a".utf8), "a.gif") == nil, "it may move")
        #expect(try kind([], "empty.png") == nil && ImageFile.kind(of: folder.path("absent")) == nil)
    }
}
