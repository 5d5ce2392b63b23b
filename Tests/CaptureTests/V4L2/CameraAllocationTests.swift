import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("A camera allocates nothing per frame")
struct CameraAllocationTests {
    private static let size = FrameSize(width: 64, height: 48)

    /// - Parameter side: of the wanted square, which moves with every frame; `nil` for whole pictures.
    private func allocations(
        _ format: CameraFormat, _ bytes: [UInt8], frames: Int, side: Int? = nil
    ) throws -> Int {
        let kernel = PlayedKernel()
        kernel.formats = [PlayedKernel.Format(code: format.code)]
        kernel.forever = PlayedKernel.Picture(bytes: bytes)
        let camera = try Camera(path: "/dev/video9", size: Self.size, rate: FrameRate(30), kernel.system)
        let fit = SquareFit(from: Self.size, side: 8)
        let pool = FramePool(size: FrameSize(square: 8), capacity: 2)
        var held: Frame?
        func run(_ count: Int) throws {
            for index in 0..<count {
                if let side {
                    let square = FrameSquare(x: 3 * index, y: index, side: side, in: Self.size)
                    camera.wanted = WantedSquare(square, leastSide: 8)
                    fit.move(to: square)
                }
                held = try camera.next().map { fit($0, from: pool) }
            }
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
        for side in [nil, 21, 48] {
            let count = try allocations(format, bytes, frames: 20, side: side)
            #expect(count == 0, "\(count) allocations in 20 frames of \(format), square of \(side ?? 0)")
        }
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
        let unmarked = try allocations(.mjpeg, jpeg.dropLast(2), frames: 20)
        #expect(unmarked == own, "\(unmarked) allocations without an end marker, \(own) of them TurboJPEG's")
    }
}
