import Driving
import Frames
import System
import TestSupport

extension DrivingSource {
    package static func testCamera(side: Int = 64, rate: Int = 25) throws -> DrivingSource {
        DrivingSource(
            "test", rate: FrameRate(rate), size: FrameSize(square: side), searchPath: "")
    }

    /// A folder of the test camera's frames, those at `indices` of its script at `rate`.
    package static func folder(_ folder: borrowing TemporaryFolder, _ indices: [Int], rate: Int = 25) throws
        -> DrivingSource
    {
        let camera = try testCamera(rate: rate).open(frames: (indices.max() ?? 0) + 1)
        var frames: [Frame] = []
        while let frame = try camera.next() {
            frames.append(
                Frame(
                    pixels: PixelBuffer(size: frame.size) { output in
                        frame.pixels.withBytes { output.copyMemory(from: $0) }
                    }, sequence: frames.count, captured: .now))
        }
        for (number, index) in indices.enumerated() {
            try PNGFile.write(frames[index], to: folder.path("\(number + 1).png"))
        }
        return DrivingSource(folder.url.path, rate: nil, size: FrameSize(square: 64), searchPath: "")
    }
}
