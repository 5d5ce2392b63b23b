import Glibc
import TestSupport
import Testing

@testable import System

@Suite("Names of files, which are bytes")
struct FileNameTests {
    private func bytes(_ name: String) -> [UInt8] {
        name.withFileName { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }

    @Test(
        arguments: [
            Array("plain.png".utf8), Array("grüße 🎭.png".utf8), [0x67, 0x72, 0xFC, 0xDF, 0x65], [0xFF], [0x80, 0x80],
            [],
            // Cut short, too long, a surrogate, beyond Unicode.
            [0x61, 0xF0, 0x9F, 0x8E], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            // What stands for a byte, as a name of its own; and the last scalar that does not.
            Array("\u{10FF80}\u{10FFFF}".utf8), Array("\u{10FF7F}".utf8), Array("\u{100000}x".utf8),
        ] as [[UInt8]])
    func goThereAndBack(_ name: [UInt8]) {
        #expect(bytes(String(fileName: name)) == name)
    }

    @Test func anyBytes() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            let name = (0..<Int(random.next() % 12)).map { _ in UInt8(truncatingIfNeeded: random.next() % 255 + 1) }
            #expect(bytes(String(fileName: name)) == name, "\(name)")
        }
    }

    @Test func aFolderHasThem() throws {
        let folder = try TemporaryFolder()
        let name: [UInt8] = [0x61, 0xE9, 0x2E, 0x70, 0x6E, 0x67]
        let path = folder.url.path + "/" + String(fileName: name)
        let file = try AtomicFile(path: path)
        try file.write([UInt8(1), 2, 3])
        try file.commit()
        #expect(try readFolder(folder.url.path).map { bytes($0) } == [name])
        #expect(fileSize(path) == 3 && fileExtension(of: path) == "png")
        #expect(try FileKind(path: path) == .regular)
        #expect(FileIdentity(path: path) == FileIdentity(path: folder.url.path + "/./" + String(fileName: name)))
        #expect(path.withFileName { symlink($0, folder.path("link")) } == 0)
        #expect(linkTarget(folder.path("link")).map { bytes($0) } == bytes(path))
        #expect(bytes(resolvedPath(folder.path("link"))) == bytes(resolvedPath(path)))
    }

    @Test func whatIsPrintedIsOneLineOfText() {
        #expect("a\nb\u{1B}[2Jc\u{9B}d\u{7F}.png".printable == "a?b?[2Jc?d?.png")
        #expect(String(fileName: [0x61, 0xFC]).printable == "a?")
        #expect("grüße 🎭.png".printable == "grüße 🎭.png")
    }
}
