import Foundation
import TestSupport
import Testing

@testable import Frames
@testable import System

@Suite("Pictures that other libraries and programs read", .timeLimit(.minutes(5)))
struct ForeignPictureTests {
    private static let tools = ImageTools(searchPath: testSearchPath)

    /// Four patches of 32 x 24: red and green above blue and yellow.
    private func expectPatches(_ picture: PixelBuffer, within tolerance: Int, _ what: String) {
        #expect(picture.size == FrameSize(width: 64, height: 48), "\(what)")
        for (x, y, colour) in [
            (16, 12, [200, 40, 40]), (48, 12, [40, 180, 60]), (16, 36, [50, 60, 210]), (48, 36, [220, 210, 70]),
        ] {
            let pixel = picture.pixel(x, y)
            let difference = zip(pixel, colour).map { abs(Int($0) - $1) }.max() ?? 256
            #expect(difference <= tolerance, "\(what): \(pixel), expected about \(colour)")
        }
    }

    @Test(.enabled(if: hasHEIF, "libheif is not installed"), arguments: ["heic", "avif"])
    func throughLibheif(_ kind: String) throws {
        let path = projectFolder.appending(path: "Tests/Fixtures/patch.\(kind)").path
        expectPatches(try ImageFile.read(path), within: 8, kind)
        let bytes = try Data(contentsOf: URL(filePath: path))
        for length in stride(from: 13, to: bytes.count, by: 17) {
            let line = failureLine {
                try bytes.prefix(length).withUnsafeBytes { _ = try ImageFile.decode($0, path: "cut.\(kind)") }
            }
            #expect(
                line?.hasPrefix("cut.\(kind): the \(kind.uppercased()) is damaged or cut short (") == true,
                "\(line ?? "none")")
        }
    }

    @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"), arguments: ["webp", "gif", "bmp", "tiff"])
    func throughFFmpeg(_ kind: String) throws {
        let folder = try TemporaryFolder()
        let picture = PixelBuffer(FrameSize(width: 64, height: 48)) { x, y in
            let colours: [(UInt8, UInt8, UInt8)] = [(200, 40, 40), (40, 180, 60), (50, 60, 210), (220, 210, 70)]
            return colours[(x >= 32 ? 1 : 0) + (y >= 24 ? 2 : 0)]
        }
        let (source, path) = (folder.path("p.png"), folder.path("100%d: 'p'.\(kind)"))
        try PNGFile.write(picture.asFrame(), to: source)
        let program = try #require(ChildProcess.find("ffmpeg", searchPath: testSearchPath))
        let child = try ChildProcess(
            program,
            arguments: ["-v", "error", "-i", source, "-update", "1", "file:" + path],
            pipe: .standardInput, searchPath: testSearchPath)
        try #require(child.wait(seconds: 60) == .exited(0), "\(child.lastComplaint ?? "")")
        // A GIF's palette is made for all pictures.
        expectPatches(try ImageFile.read(path, Self.tools), within: kind == "gif" ? 48 : 8, kind)
        if kind == "webp" { try expectTurned(path) }
        let line = failureLine { _ = try ImageFile.read(path) }
        #expect(line?.contains("takes the ffmpeg program, which is not installed") == true, "\(line ?? "none")")
        try writeFile(Array(readFile(path).prefix(20)), to: path)
        let cut = failureLine { _ = try ImageFile.read(path, Self.tools) }
        #expect(cut?.contains("is damaged or cut short (") == true, "\(cut ?? "none")")
    }

    /// The same WebP with an EXIF block behind it that has it turned to the right.
    private func expectTurned(_ path: String) throws {
        let exif: [UInt8] = Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        let bytes = try readFile(path)
        let extended = Array("VP8X".utf8) + [10, 0, 0, 0, 8, 0, 0, 0, 63, 0, 0, 47, 0, 0]
        let body =
            Array("WEBP".utf8) + extended + bytes[12...] + Array("EXIF".utf8) + [UInt8(exif.count), 0, 0, 0] + exif
        let size = (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) }
        let turned = path + ".turned"
        try writeFile(Array("RIFF".utf8) + size + body, to: turned)
        let picture = try ImageFile.read(turned, Self.tools)
        #expect(picture.size == FrameSize(width: 48, height: 64))
        // What was below on the left is above on the left.
        let difference = zip(picture.pixel(12, 16), [50, 60, 210]).map { abs(Int($0) - $1) }.max() ?? 256
        #expect(difference <= 8, "\(picture.pixel(12, 16))")
    }
}
