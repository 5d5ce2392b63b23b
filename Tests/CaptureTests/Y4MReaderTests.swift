import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("Y4M streams, whole and broken", .timeLimit(.minutes(5)))
struct Y4MReaderTests {
    private static let header = Array("YUV4MPEG2 W6 H4 F30:1 Ip C420jpeg\n".utf8)
    private static let frameBytes = 6 * 4 + 2 * 3 * 2

    private static func stream(frames: Int, frameLine: String = "FRAME\n") -> [UInt8] {
        header
            + (0..<frames).flatMap {
                Array(frameLine.utf8) + [UInt8](repeating: UInt8(50 + $0 % 200), count: frameBytes)
            }
    }

    private func readAllFrames(_ reader: Y4MReader) throws -> [Int] {
        var sequences: [Int] = []
        while let frame = try reader.next() { sequences.append(frame.sequence) }
        return sequences
    }

    @Test func readsAFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try writeFile(Self.stream(frames: 3), to: path)
        let reader = try Y4MReader(path: path)
        #expect(reader.name == path && reader.size == FrameSize(width: 6, height: 4))
        #expect(reader.frameRate == FrameRate(30) && reader.frameCount == 3)
        #expect(try readAllFrames(reader) == [0, 1, 2])
        #expect(try reader.next() == nil, "stays at the end")
    }

    @Test func readsAPipe() throws {
        try withPipe(carrying: Self.stream(frames: 400)) { descriptor in
            let reader = try Y4MReader(descriptor: descriptor, name: "standard input")
            #expect(reader.frameCount == nil, "a pipe does not say")
            #expect(try readAllFrames(reader).count == 400)
        }
    }

    @Test func aPipeWithoutAnEndingIsAStream() throws {
        try withPipe(carrying: Self.stream(frames: 5)) { descriptor in
            let video = try openVideo("/dev/fd/\(descriptor)", searchPath: "")
            #expect(try readAllFrames(#require(video as? Y4MReader)).count == 5)
        }
        let oblong = Array("YUV4MPEG2 W6 H4 F30:1 Ip A2:1 C420jpeg\n".utf8)
        withPipe(carrying: oblong) { descriptor in
            let line = failureLine { _ = try openVideo("/dev/fd/\(descriptor)", searchPath: "") }
            #expect(line?.contains("its pixels are not square") == true, "\(line ?? "")")
        }
    }

    @Test func frameParametersAreAccepted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try writeFile(Self.stream(frames: 2, frameLine: "FRAME Ippp XA=b\n"), to: path)
        let reader = try Y4MReader(path: path)
        #expect(reader.frameCount == nil, "frame lines of unknown length")
        #expect(try readAllFrames(reader) == [0, 1])
    }

    @Test func recyclesFrames() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try writeFile(Self.stream(frames: 50), to: path)
        let reader = try Y4MReader(path: path)
        var addresses: Set<UnsafeRawPointer?> = []
        while let frame = try reader.next() { addresses.insert(frame.pixels.withBytes { $0.baseAddress }) }
        #expect(addresses.count <= 2, "50 frames used \(addresses.count) buffers")
    }

    @Test func cutShortAnywhere() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        let whole = Self.stream(frames: 2)
        let frameStarts = (0...2).map { Self.header.count + $0 * (6 + Self.frameBytes) }
        for count in 0...whole.count {
            try writeFile(whole[..<count], to: path)
            let line = failureLine { _ = try readAllFrames(Y4MReader(path: path)) }
            #expect((line == nil) == frameStarts.contains(count), "cut to \(count) bytes: \(line ?? "no error")")
        }
    }

    @Test func saysWhereItIsCut() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try writeFile(Self.stream(frames: 2).dropLast(5), to: path)
        let reader = try Y4MReader(path: path)
        #expect(reader.frameCount == nil, "the last frame is not whole")
        let line = failureLine { _ = try readAllFrames(reader) }
        #expect(line == "\(path): frame 2 is cut short: 36 bytes expected, 31 there; copy or write it again")
    }

    @Test(arguments: [
        ("", "the stream is empty (0 bytes)"),
        ("hello", "not a Y4M stream"),
        ("RIFF....AVI LIST and so on", "not a Y4M stream"),
        ("YUV4MPEG2 W6 H4" + String(repeating: " Xpad", count: 1000) + "\n", "does not end within 1024 bytes"),
        ("YUV4MPEG2 W6 H4", "ends within its header"),
        ("YUV4MPEG2 W20000 H20000\n", "more than 64 megapixels"),
        ("YUV4MPEG2 W6 H4\nFRAMES\n", "no FRAME line where frame 1 should start"),
        ("YUV4MPEG2 W6 H4\nFRAME" + String(repeating: "x", count: 70000), "no FRAME line where frame 1 should start"),
    ])
    func refuses(_ text: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        try writeFile(text.utf8, to: path)
        let fromFile = failureLine { _ = try readAllFrames(Y4MReader(path: path)) }
        #expect(
            fromFile?.hasPrefix("\(path): ") == true && fromFile?.contains(expected) == true,
            "\(fromFile ?? "no error")")
        withPipe(carrying: Array(text.utf8)) { descriptor in
            let line = failureLine { _ = try readAllFrames(Y4MReader(descriptor: descriptor, name: "standard input")) }
            #expect(line?.contains(expected) == true, "from a pipe: \(line ?? "no error")")
        }
    }
}
