import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("A camera allocates nothing per frame")
struct CameraAllocationTests {
    private static let size = FrameSize(width: 64, height: 48)

    private func allocations(_ format: CameraFormat, _ bytes: [UInt8], frames: Int) throws -> Int {
        let kernel = PlayedKernel()
        kernel.formats = [PlayedKernel.Format(code: format.code)]
        kernel.forever = PlayedKernel.Picture(bytes: bytes)
        let camera = try Camera(path: "/dev/video9", size: Self.size, rate: FrameRate(30), kernel.system)
        var held: Frame?
        func run(_ count: Int) throws {
            for _ in 0..<count { held = try camera.next() }
        }
        try run(8)
        allocation_counter_start()
        try run(frames)
        let count = allocation_counter_stop()
        #expect(held?.sequence == 7 + frames && kernel.violations.isEmpty, "\(kernel.violations)")
        return count
    }

    @Test(arguments: CameraFormat.allCases.filter { $0 != .mjpeg })
    func raw(_ format: CameraFormat) throws {
        let bytes = [UInt8](repeating: 100, count: StreamFormat(format, Self.size).leastByteCount)
        let count = try allocations(format, bytes, frames: 20)
        #expect(count == 0, "\(count) allocations in 20 frames of \(format)")
    }

    /// TurboJPEG takes its working memory anew for every picture, whatever one does; none comes on top of that.
    @Test func motionJPEG() throws {
        let jpeg = JPEGBuilder.encode(.smooth(Self.size), .halvedChroma)
        let decompressor = JPEGDecompressor()
        let rgb = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * Self.size.pixelCount, alignment: 64)
        defer { rgb.deallocate() }
        func decode() { jpeg.withUnsafeBytes { _ = decompressor.decodeVideoPicture($0, Self.size, into: rgb) } }
        decode()
        allocation_counter_start()
        for _ in 0..<20 { decode() }
        let own = allocation_counter_stop()
        let count = try allocations(.mjpeg, jpeg, frames: 20)
        #expect(count == own, "\(count) allocations in 20 frames, \(own) of them TurboJPEG's")
    }
}
