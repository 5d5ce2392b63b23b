import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("Folders of pictures")
struct ImageFolderTests {
    @Test(arguments: [
        (["10.png", "9.png", "1.png"], ["1.png", "9.png", "10.png"]),
        (["a2b10", "a2b9", "a10b1", "a"], ["a", "a2b9", "a2b10", "a10b1"]),
        (["007", "7", "8", "07"], ["007", "07", "7", "8"]),
        (
            ["f99999999999999999999999", "f100000000000000000000000", "f1"],
            ["f1", "f99999999999999999999999", "f100000000000000000000000"]
        ),
        (["b", "a1", "A1", ""], ["", "A1", "a1", "b"]),
    ])
    func naturalOrder(_ names: [String], _ expected: [String]) {
        #expect(names.sorted(by: precedesNaturally) == expected)
        #expect(names.reversed().sorted(by: precedesNaturally) == expected, "whatever the order before")
        for name in names { #expect(!precedesNaturally(name, name), "\(name) does not precede itself") }
    }

    @Test func readsPicturesInOrder() throws {
        let folder = try TemporaryFolder()
        let size = FrameSize(width: 5, height: 4)
        for (name, value) in [("10.png", 3), ("2.png", 2), ("1.PNG", 1)] {
            let picture = PixelBuffer(size) { _, _ in (UInt8(value), 0, 0) }
            try PNGFile.write(picture.asFrame(), to: folder.path(name))
        }
        for name in [".3.png", "notes.txt", "4", "png"] { try writeFile("no picture".utf8, to: folder.path(name)) }
        let source = try ImageFolder(path: folder.path(""))
        #expect(source.frameCount == 3 && source.size == size && source.frameRate == FrameRate(25))
        var values: [UInt8] = []
        while let frame = try source.next() {
            #expect(frame.sequence == values.count)
            values.append(frame.pixels.pixel(0, 0)[0])
        }
        #expect(values == [1, 2, 3])
    }

    @Test func foldersAreNoPictures() throws {
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("3.jpg"))
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 2)).asFrame(), to: folder.path("4.png"))
        let source = try ImageFolder(path: folder.path(""))
        #expect(source.frameCount == 1)
    }

    @Test func refusesAFolderWithoutPictures() throws {
        let folder = try TemporaryFolder()
        try writeFile("x".utf8, to: folder.path("notes.txt"))
        let line = failureLine { _ = try ImageFolder(path: folder.path("")) }
        #expect(line?.contains("the folder has no PNG or JPEG pictures; give a folder of numbered pictures") == true)
        #expect(failureLine { _ = try ImageFolder(path: folder.path("none")) }?.contains("No such file") == true)
    }

    @Test func namesThePictureThatDiffers() throws {
        let folder = try TemporaryFolder()
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 8)).asFrame(), to: folder.path("1.png"))
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 9)).asFrame(), to: folder.path("2.png"))
        try writeFile([], to: folder.path("3.png"))
        let source = try ImageFolder(path: folder.path(""))
        _ = try source.next()
        let line = try #require(failureLine { _ = try source.next() })
        #expect(
            line.contains("2.png: the picture is 9x9, the folder's first one is 8x8; give pictures of one size"),
            "\(line)")
    }
}
