import Frames
import System

/// Keeps what is written to it.
package final class RecordingSink: FrameSink {
    package let name = "recording"
    package private(set) var frames: [[UInt8]] = []
    package private(set) var sequences: [Int] = []
    package private(set) var ending: String?
    /// Fails at this frame, as a full disk would.
    package var failsAtFrame: Int?

    package init() {}

    package func write(_ frame: Frame) throws {
        guard frames.count != failsAtFrame else {
            throw FrameError(.cannotWrite, name, "the disk is full")
        }
        frames.append(frame.pixels.withBytes { Array($0) })
        sequences.append(frame.sequence)
    }

    package func finish() { ending = "finished" }
    package func cancel() { ending = "cancelled" }
}
