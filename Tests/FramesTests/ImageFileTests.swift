import TestSupport
import Testing

@testable import Frames
@testable import System

@Suite("Picture files: every kind, every fault")
struct ImageFileTests {
    private func decode(_ bytes: [UInt8]) throws -> PixelBuffer {
        try bytes.withUnsafeBytes { try ImageFile.decode($0, path: "face.png") }
    }

    @Test(arguments: [
        FrameSize(width: 1, height: 1), FrameSize(width: 37, height: 21), FrameSize(width: 300, height: 250),
    ])
    func pngRoundTripIsExact(_ size: FrameSize) throws {
        let folder = try TemporaryFolder()
        let picture = PixelBuffer.noise(size)
        let path = folder.path("whatever.jpg")  // recognised by content
        try PNGFile.write(picture.asFrame(), to: path)
        #expect(try ImageFile.read(path).bytes == picture.bytes, "\(size)")
        #expect(PNGFile.encode(picture) == PNGFile.encode(picture), "the same bytes every time")
        #expect(try fileNames(in: folder.path("")) == ["whatever.jpg"], "no temporary may stay")
    }

    @Test func pngColourTypes() throws {
        var grey = PNGBuilder(width: 2, height: 1, .grey)
        #expect(try decode(grey.finish(rows: [[10, 200]])).bytes == [10, 10, 10, 200, 200, 200])
        var bits = PNGBuilder(width: 8, height: 1, .grey, depth: 1)
        #expect(
            try decode(bits.finish(rows: [[0b1010_0000]])).bytes.prefix(9) == [255, 255, 255, 0, 0, 0, 255, 255, 255])
        var palette = PNGBuilder(width: 2, height: 1, .palette)
        palette.chunk("PLTE", [1, 2, 3, 40, 50, 60])
        #expect(try decode(palette.finish(rows: [[1, 0]])).bytes == [40, 50, 60, 1, 2, 3])
        var transparent = PNGBuilder(width: 2, height: 1, .palette)
        transparent.chunk("PLTE", [1, 2, 3, 40, 50, 60])
        transparent.chunk("tRNS", [0])
        #expect(try decode(transparent.finish(rows: [[1, 0]])).bytes == [40, 50, 60, 128, 128, 128])
        var rgba = PNGBuilder(width: 3, height: 1, .rgba)
        #expect(
            try decode(rgba.finish(rows: [[9, 8, 7, 255, 1, 2, 3, 0, 255, 0, 128, 128]])).bytes
                == [9, 8, 7, 128, 128, 128, 192, 64, 128], "alpha lies over mid grey")
        var greyAlpha = PNGBuilder(width: 1, height: 1, .greyAlpha)
        #expect(try decode(greyAlpha.finish(rows: [[77, 255]])).bytes == [77, 77, 77])
        var deep = PNGBuilder(width: 2, height: 1, .rgb, depth: 16)
        let samples: [UInt8] = [100, 100, 0, 0, 255, 255, 12, 12, 200, 200, 34, 34]
        let got = try decode(deep.finish(rows: [samples])).bytes
        for (value, expected) in zip(got, [100, 0, 255, 12, 200, 34]) {
            #expect(abs(Int(value) - expected) <= 1, "16 bits: \(got)")
        }
    }

    @Test(arguments: JPEGBuilder.Kind.allCases)
    func jpegKinds(_ kind: JPEGBuilder.Kind) throws {
        let size = FrameSize(width: 43, height: 29)
        let picture =
            kind == .grey ? PixelBuffer(size) { x, y in (UInt8(x + y), UInt8(x + y), UInt8(x + y)) } : .smooth(size)
        let difference = try decode(JPEGBuilder.encode(picture, kind)).maximumDifference(from: picture)
        #expect(difference <= 6, "\(kind): off by \(difference)")
    }

    @Test(arguments: 1...8, [false, true])
    func exifOrientation(_ orientation: Int, _ bigEndian: Bool) throws {
        // Corners in four colours say which way up it is; the names are of the stored picture.
        let stored = PixelBuffer(FrameSize(width: 48, height: 32)) { x, y in
            (x < 24 ? 255 : 0, y < 16 ? 255 : 0, 128)
        }
        let (topLeft, topRight, bottomLeft, bottomRight) = ("tl", "tr", "bl", "br")
        let expected = [
            1: [topLeft, topRight, bottomLeft, bottomRight], 2: [topRight, topLeft, bottomRight, bottomLeft],
            3: [bottomRight, bottomLeft, topRight, topLeft], 4: [bottomLeft, bottomRight, topLeft, topRight],
            5: [topLeft, bottomLeft, topRight, bottomRight], 6: [bottomLeft, topLeft, bottomRight, topRight],
            7: [bottomRight, topRight, bottomLeft, topLeft], 8: [topRight, bottomRight, topLeft, bottomLeft],
        ]
        let exif = JPEGBuilder.exif(orientation: UInt16(orientation), bigEndian: bigEndian)
        let jpeg = JPEGBuilder.insert(0xE1, Array("Exif\0\0".utf8) + exif, into: JPEGBuilder.encode(stored))
        var png = PNGBuilder(width: 48, height: 32, .rgb)
        png.chunk("eXIf", exif)
        let rows = (0..<32).map { y in (0..<48).flatMap { stored.pixel($0, y) } }
        for (format, file) in [("JPEG", jpeg), ("PNG", png.finish(rows: rows))] {
            let seen = try decode(file)
            let turned = orientation >= 5
            #expect(seen.size == (turned ? FrameSize(width: 32, height: 48) : stored.size), "\(format) \(orientation)")
            let (right, bottom) = (seen.size.width - 1, seen.size.height - 1)
            let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map { x, y in
                let pixel = seen.pixel(x, y)
                return (pixel[1] > 127 ? "t" : "b") + (pixel[0] > 127 ? "l" : "r")
            }
            #expect(corners == expected[orientation], "\(format) orientation \(orientation)")
        }
    }

    @Test func malformedExifIsPassedOver() throws {
        let picture = PixelBuffer.smooth(FrameSize(width: 16, height: 8))
        let jpeg = JPEGBuilder.encode(picture)
        let whole = Array("Exif\0\0".utf8) + JPEGBuilder.exif(orientation: 6, bigEndian: false)
        var blocks = (0..<whole.count).map { Array(whole[..<$0]) }
        blocks.append(Array("Exif\0\0".utf8) + JPEGBuilder.exif(orientation: 9, bigEndian: true))
        blocks.append(Array("Exif\0\0II*\0".utf8) + [0xFF, 0xFF, 0xFF, 0xFF])  // a directory far outside
        for block in blocks {
            let seen = try decode(JPEGBuilder.insert(0xE1, block, into: jpeg))
            #expect([16, 8].contains(seen.size.width), "a block of \(block.count) bytes")
        }
    }

    @Test func cutShortAnywhere() throws {
        let picture = PixelBuffer.noise(FrameSize(width: 24, height: 16))
        let files =
            [("PNG", PNGFile.encode(picture))]
            + JPEGBuilder.Kind.allCases.map { ("\($0)", JPEGBuilder.encode(picture, $0)) }
        for (name, file) in files {
            let whole = try decode(file).bytes
            for count in 0..<file.count {
                // A PNG without its last chunk is still the whole picture, and a JPEG without its end marker.
                if let result = try? decode(Array(file[..<count])) {
                    #expect(result.bytes == whole, "\(name) cut to \(count) of \(file.count) bytes")
                    let isWhole = name == "PNG" || count >= file.count - 2
                    #expect(isWhole, "\(name) cut to \(count) of \(file.count) bytes must be an error")
                }
            }
        }
    }

    /// What phones, cameras and programs write, and every viewer opens.
    @Test(arguments: JPEGBuilder.Kind.allCases)
    func outOfOrderIsNotDamaged(_ kind: JPEGBuilder.Kind) throws {
        let file = JPEGBuilder.encode(.noise(FrameSize(width: 24, height: 16)), kind)
        let whole = try decode(file).bytes
        func first(_ marker: UInt8) throws -> Int {
            try #require(file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == marker })
        }
        func seen(_ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
            var changed = file
            change(&changed)
            return try decode(changed).bytes
        }
        let (tables, scan) = (try first(0xDB), try first(0xDA))
        #expect(try seen { $0.insert(contentsOf: [0, 1, 2, 0xFF, 0], at: tables) } == whole, "stray bytes")
        #expect(try seen { $0.insert(contentsOf: [0xFF, 0xFF], at: tables) } == whole, "fill bytes")
        #expect(try seen { $0.insert(contentsOf: Array("\r\n\n".utf8), at: 0) } == whole, "empty lines before it")
        #expect(try seen { $0.removeLast(2) } == whole, "no end marker")
        #expect(try seen { $0 += [UInt8](repeating: 0xFF, count: 9) } == whole, "something behind the end")
        if kind != .progressive {
            let last = scan + 2 + Int(file[scan + 2]) << 8 + Int(file[scan + 3])
            #expect(try seen { $0.replaceSubrange(last - 3..<last, with: [0, 0, 0]) } == whole, "a scan's parameters")
        }
        // Stray bytes, and damage behind them: the decoder would tell the former alone.
        #expect(throws: FrameError.self) {
            try seen {
                $0.removeLast(40)
                $0.insert(contentsOf: [0, 1, 2], at: tables)
            }
        }
    }

    @Test func anAdobeTransformOfFourColoursIsThatOfThree() throws {
        let file = JPEGBuilder.encode(.smooth(FrameSize(square: 16)))
        let adobe = Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 2]
        let bare = JPEGBuilder.insert(0xEE, adobe, into: Array(file[..<2] + file[20...]))
        #expect(file[2...3] == [0xFF, 0xE0], "a JFIF segment of 18 bytes, which tells the colours as well")
        #expect(try decode(bare).bytes == decode(file).bytes)
    }

    @Test func randomDamageNeverCrashes() {
        var random = SeededRandom(seed: 5)
        let picture = PixelBuffer.noise(FrameSize(width: 24, height: 16))
        let exif = Array("Exif\0\0".utf8) + JPEGBuilder.exif(orientation: 6, bigEndian: true)
        for file in [
            PNGFile.encode(picture), JPEGBuilder.insert(0xE1, exif, into: JPEGBuilder.encode(picture, .progressive)),
        ] {
            for _ in 0..<500 {
                var damaged = file
                for _ in 0..<3 {
                    damaged[Int.random(in: 2..<120, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                _ = try? decode(damaged)
            }
        }
    }

    @Test(
        arguments: [
            ([], "face.png: the file is empty (0 bytes); give a PNG or JPEG picture"),
            (
                Array("hello, world".utf8),
                "face.png: not a picture; give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file"
            ),
            (Array("RIFF....WEBPVP8 ".utf8), "face.png: WebP is read from a file only; write it to one"),
            (Array("GIF89a".utf8), "face.png: GIF is read from a file only; write it to one"),
            ([0xFF], "face.png: not a picture; give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file"),
            ([0xFF, 0xD8, 0xFF], "face.png: the JPEG is damaged or cut short"),
            ([0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A], "face.png: the PNG is damaged or cut short"),
        ] as [([UInt8], String)])
    func saysWhatIsWrong(_ bytes: [UInt8], _ expected: String) {
        let line = failureLine { _ = try decode(bytes) }
        #expect(line?.hasPrefix(expected) == true, "\(line ?? "no error")")
    }

    @Test func hugePicturesAreRefusedAtOnce() throws {
        var builder = PNGBuilder(width: 20000, height: 20000, .rgba)
        let start = MonotonicTime.now
        let file = builder.finish(rows: [[0]])
        let line = failureLine { _ = try decode(file) }
        #expect(line == "face.png: the picture is 20000x20000, more than 64 megapixels; scale it down")
        #expect(MonotonicTime.now.milliseconds(since: start) < 500, "refused from the header")
        var jpeg = JPEGBuilder.encode(.smooth(FrameSize(square: 16)))
        let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xF0, 0, 0xF0, 0])
        #expect(failureLine { _ = try decode(jpeg) }?.contains("61440x61440, more than 64 megapixels") == true)
    }

    @Test(arguments: ["eXIf", "teSt"])
    func aChunkCannotClaimMoreThanTheFileHas(_ type: String) {
        var builder = PNGBuilder(width: 4, height: 4, .rgb)
        builder.chunk(type, [1, 2, 3, 4])
        var file = builder.finish(rows: (0..<4).map { _ in [UInt8](repeating: 9, count: 12) })
        #expect(throws: Never.self) { try decode(file) }
        let length = 8 + 25  // signature and first chunk
        file.replaceSubrange(length..<length + 4, with: [0x29, 0, 0, 0])
        let line = failureLine { _ = try decode(file) }
        #expect(line?.contains("a chunk claims more bytes than the file has") == true, "\(line ?? "no error")")
    }

    @Test func pathsThatAreNoPictures() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("none.png")
        #expect(failureLine { _ = try ImageFile.read(missing) } == "\(missing): there is no such file; check the path")
        let directory = folder.path("sub")
        try makeFolder(directory)
        #expect(
            failureLine { _ = try ImageFile.read(directory) }
                == "\(directory): it is a folder; give a PNG or JPEG picture")
        #expect(failureLine { _ = try FileBytes(path: "/dev/zero", limit: 100_000) }?.contains("larger than") == true)
    }
}
