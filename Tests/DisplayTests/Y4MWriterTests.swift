import Capture
import Foundation
import Frames
import System
import TestSupport
import Testing

@testable import Display

@Suite("Y4M written and read back", .timeLimit(.minutes(5)))
struct Y4MWriterTests {
    private static let sizes = [
        FrameSize(width: 64, height: 48), FrameSize(width: 33, height: 17), FrameSize(width: 1, height: 1),
        FrameSize(width: 2, height: 3),
    ]

    /// The planes of one frame.
    private func packed(_ picture: PixelBuffer, _ chroma: Y4MFramePacker.Chroma) -> [UInt8] {
        let packer = Y4MFramePacker(size: picture.size, rate: FrameRate(25), chroma: chroma)
        var bytes: [UInt8] = []
        packer.withFrame(of: picture) { bytes = Array($0.dropFirst("FRAME\n".utf8.count)) }
        return bytes
    }

    @Test(arguments: sizes, [Y4MFramePacker.Chroma.halved, .full])
    func readerUndoesWriter(_ size: FrameSize, _ chroma: Y4MFramePacker.Chroma) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        let picture = PixelBuffer.smooth(size)
        let writer = try Y4MWriter(path: path, size: size, rate: FrameRate(30000, over: 1001), chroma: chroma)
        for sequence in 0..<3 { try writer.write(picture.asFrame(sequence)) }
        #expect(!fileExists(path), "nothing under the final name before finish")
        try writer.finish()
        let reader = try Y4MReader(path: path)
        #expect(reader.size == size && reader.frameRate == FrameRate(30000, over: 1001) && reader.frameCount == 3)
        while let frame = try reader.next() {
            let difference = frame.pixels.maximumDifference(from: picture)
            #expect(
                difference <= 2, "\(size) \(chroma): off by \(difference)")
        }
        #expect(try fileNames(in: folder.path("")) == ["clip.y4m"])
    }

    @Test func matchesTheMatrixOnEveryGrey() throws {
        let size = FrameSize(width: 256, height: 1)
        let bytes = packed(PixelBuffer(size) { x, _ in (UInt8(x), UInt8(x), UInt8(x)) }, .full)
        for grey in 0..<256 {
            let exact = 16 + 219 * Double(grey) / 255
            #expect(abs(Double(bytes[grey]) - exact) <= 0.501, "luma of grey \(grey)")
            #expect(bytes[256 + grey] == 128 && bytes[512 + grey] == 128, "grey \(grey) has no colour")
        }
    }

    @Test func matchesTheMatrixOnColours() throws {
        let size = FrameSize(width: 40, height: 30)
        let picture = PixelBuffer.noise(size)
        let (full, halved) = (packed(picture, .full), packed(picture, .halved))
        func chroma(_ rgb: [Double]) -> (Double, Double) {
            let luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
            return (128 + 224 * (rgb[2] - luma) / 1.772 / 255, 128 + 224 * (rgb[0] - luma) / 1.402 / 255)
        }
        var worst = 0.0
        for y in 0..<size.height {
            for x in 0..<size.width {
                let rgb = picture.pixel(x, y).map(Double.init)
                let index = size.width * y + x
                let luma = 16 + 219 * (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255
                let (cb, cr) = chroma(rgb)
                worst = max(
                    worst, abs(luma - Double(full[index])), abs(luma - Double(halved[index])),
                    abs(cb - Double(full[size.pixelCount + index])), abs(cr - Double(full[2 * size.pixelCount + index]))
                )
            }
        }
        for y in 0..<15 {
            for x in 0..<20 {
                let block = [(0, 0), (1, 0), (0, 1), (1, 1)].map { picture.pixel(2 * x + $0, 2 * y + $1) }
                let mean = (0..<3).map { channel in block.map { Double($0[channel]) }.reduce(0, +) / 4 }
                let (cb, cr) = chroma(mean)
                let index = size.pixelCount + 20 * y + x
                worst = max(worst, abs(cb - Double(halved[index])), abs(cr - Double(halved[index + 300])))
            }
        }
        #expect(worst < 0.51, "off by \(worst), where rounding alone allows 0.5")
    }

    @Test func cancelLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let size = FrameSize(square: 4)
        let writer = try Y4MWriter(path: folder.path("clip.y4m"), size: size, rate: FrameRate(25))
        try writer.write(PixelBuffer.smooth(size).asFrame())
        writer.cancel()
        #expect(try fileNames(in: folder.path("")) == [])
    }

    @Test func fullDiskIsOneLineAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let size = FrameSize(square: 16)
        nonisolated(unsafe) var room = 500  // this thread alone
        let file = try AtomicFile(path: folder.path("clip.y4m")) { descriptor, bytes, count in
            guard room > 0 else {
                errno = ENOSPC
                return -1
            }
            let taken = min(room, count)
            room -= taken
            return write(descriptor, bytes, taken)
        }
        let writer = try Y4MWriter(file, Y4MFramePacker(size: size, rate: FrameRate(25), chroma: .halved))
        try writer.write(PixelBuffer.smooth(size).asFrame())
        let line = try #require(failureLine { try writer.write(PixelBuffer.smooth(size).asFrame()) })
        #expect(line.contains("clip.y4m: cannot write the file: No space left on device"), "\(line)")
        writer.cancel()
        #expect(try fileNames(in: folder.path("")) == [], "no partial file may stay")
        let device = failureLine { _ = try Y4MWriter(path: "/dev/full", size: size, rate: FrameRate(25)) }
        #expect(device?.hasPrefix("/dev/full: cannot write to it: No space left on device") == true)
    }

    @Test func readerThatHasGone() throws {
        sigpipeIsIgnored
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[1]) }
        let size = FrameSize(square: 4)
        let writer = try Y4MWriter(descriptor: ends[1], name: "standard output", size: size, rate: FrameRate(25))
        close(ends[0])
        let line = failureLine { try writer.write(PixelBuffer.smooth(size).asFrame()) }
        #expect(line == "standard output: its reader has gone: Broken pipe; let the reader run to the end")
    }
}
