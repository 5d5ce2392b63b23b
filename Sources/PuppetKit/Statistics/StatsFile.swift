import Foundation
import Frames

/// `--stats FILE`: a JSON object a line and frame. The file appears under its name when the run ends.
///
/// Keys: `frame` (sequence number in the source), `captured_ms` (since the first frame), `detect_ms`, `dense_motion_ms`,
/// `generate_ms`, `latency_ms` (capture to finished picture), `dropped` (frames so far that were replaced by a newer one,
/// per place where that can happen).
package final class StatsFile {
    private let file: AtomicFile
    private let encoder = JSONEncoder()
    private var start: MonotonicTime?

    /// - Throws: ``FrameError`` where the file cannot be created.
    package init(path: String) throws(FrameError) {
        file = try AtomicFile(path: path)
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    private struct Line: Encodable {
        let frame: Int
        let capturedMs: Double
        let detectMs: Double
        let denseMotionMs: Double
        let generateMs: Double
        let latencyMs: Double
        let dropped: [String: Int]
    }

    /// - Throws: ``FrameError`` where the disk is full.
    package func write(_ sequence: Int, _ times: FrameTimes, dropped: [String: Int]) throws {
        let start = start ?? times.captured
        self.start = start
        func rounded(_ milliseconds: Double) -> Double { (milliseconds * 1000).rounded() / 1000 }
        var line = try encoder.encode(
            Line(
                frame: sequence, capturedMs: rounded(times.captured.milliseconds(since: start)),
                detectMs: rounded(times[.detect]), denseMotionMs: rounded(times[.denseMotion]),
                generateMs: rounded(times[.generate]), latencyMs: rounded(times.latency), dropped: dropped))
        line.append(UInt8(ascii: "\n"))
        try [UInt8](line).withUnsafeBytes { try file.write($0) }
    }

    package func finish() throws(FrameError) { try file.commit() }

    package func cancel() { file.discard() }
}
