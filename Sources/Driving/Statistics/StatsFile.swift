import Display
import Foundation
import System

/// `--stats FILE`: a JSON object a line and frame. The file appears under its name when the run ends.
///
/// Keys: `frame` (sequence number in the source), `captured_ms` (since the first frame), `detect_ms`, `dense_motion_ms`,
/// `generate_ms`, `quality` (the step's name), `computed` (which part of the picture was, 0...1; 0 for one that was shown
/// before), `rendered_ms` (capture to finished picture), `fates` (what became of it at each output, by its name:
/// ``PictureFate/name``), `outputs` (capture to the moment an output had the bytes, in milliseconds, by its name; one that
/// dropped it is left out), `latency_ms` (the largest of those), `frames_in` and `frames_out` so far, `dropped` (frames so
/// far, by cause: ``DropCause``, or the name of an output).
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
        let quality: String
        let computed: Double
        let renderedMs: Double
        let latencyMs: Double?
        let outputs: [String: Double]
        let fates: [String: String]
        let framesIn: Int
        let framesOut: Int
        let dropped: [String: Int]
    }

    /// - Parameters:
    ///   - outputs: what became of the picture at each of them, by its name.
    ///   - counts: of the run so far.
    /// - Throws: ``FrameError`` where the disk is full.
    package func write(
        _ sequence: Int, _ times: FrameTimes, _ work: PictureWork, outputs: [String: OutputEntry], _ counts: LiveCounts
    ) throws {
        let start = start ?? times.captured
        self.start = start
        func rounded(_ milliseconds: Double) -> Double { milliseconds.rounded(toPlaces: 3) }
        var dropped = counts.outputs.mapValues(\.dropped)
        let latency = outputs.compactMapValues(\.milliseconds)
        for (cause, count) in counts.dropped { dropped[cause.rawValue] = count }
        var line = try encoder.encode(
            Line(
                frame: sequence, capturedMs: rounded(times.captured.milliseconds(since: start)),
                detectMs: rounded(times[.detect]), denseMotionMs: rounded(times[.denseMotion]),
                generateMs: rounded(times[.generate]), quality: work.step.name,
                computed: rounded(work.computed), renderedMs: rounded(times.latency),
                latencyMs: latency.values.max().map(rounded), outputs: latency.mapValues(rounded),
                fates: outputs.mapValues(\.fate.name),
                framesIn: counts.read, framesOut: counts.rendered, dropped: dropped))
        line.append(UInt8(ascii: "\n"))
        try file.write([UInt8](line))
    }

    package func finish() throws(FrameError) { try file.commit() }

    package func cancel() { file.discard() }
}
