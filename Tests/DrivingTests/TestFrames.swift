import Foundation
import Frames
import Synchronization
import TestSupport

@testable import Driving
@testable import System

/// Keeps what is written to it.
final class RecordingSink: FrameSink {
    let name = "recording"
    private(set) var frames: [[UInt8]] = []
    private(set) var sequences: [Int] = []
    private(set) var ending: String?
    /// Fails at this frame, as a full disk would.
    var failsAtFrame: Int?

    func write(_ frame: Frame) throws {
        guard frames.count != failsAtFrame else {
            throw FrameError(.cannotWrite, name, "the disk is full")
        }
        frames.append(frame.pixels.withBytes { Array($0) })
        sequences.append(frame.sequence)
    }

    func finish() { ending = "finished" }
    func cancel() { ending = "cancelled" }
}

/// What several queues collect.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func append(_ element: Element) { elements.withLock { $0.append(element) } }
}

extension DrivingSource {
    static func testCamera(side: Int = 64, rate: Int = 25) throws -> DrivingSource {
        DrivingSource(
            "test", rate: FrameRate(rate), size: FrameSize(square: side), searchPath: "")
    }

    /// A folder of the test camera's frames, those at `indices` of its script at `rate`.
    static func folder(_ folder: borrowing TemporaryFolder, _ indices: [Int], rate: Int = 25) throws -> DrivingSource {
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
