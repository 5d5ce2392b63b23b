import Foundation
import TestSupport
import Testing

@testable import Display
@testable import Driving
@testable import System

@Suite("Figures of every frame")
struct StatsFileTests {
    @Test func statsAreOneJSONObjectALine() throws {
        let folder = try TemporaryFolder()
        let stats = try StatsFile(path: folder.path("stats.jsonl"))
        for sequence in 0..<3 {
            let captured = MonotonicTime(nanoseconds: UInt64(1_000_000_000 + sequence * 40_000_000))
            var times = FrameTimes(
                captured: captured, detectStarted: captured.advanced(byNanoseconds: 1_000_000),
                detected: captured.advanced(byNanoseconds: 3_500_000))
            times.generateStarted = captured.advanced(byNanoseconds: 4_000_000)
            times.motionEstimated = captured.advanced(byNanoseconds: 5_000_000)
            times.generated = captured.advanced(byNanoseconds: 9_000_000)
            var fates = OutputCounts()
            for fate in [PictureFate.shown, .dropped(.newer), .repeated] { fates.add(fate) }
            var counts = LiveCounts(read: 9, rendered: sequence + 1)
            counts.dropped = [.detect: sequence]
            counts.outputs = ["window": fates]
            let entries = [
                "window": OutputEntry(sequence: sequence, fate: .shown, milliseconds: 12),
                "null": OutputEntry(sequence: sequence, fate: .repeated, milliseconds: 10.5),
                "/dev/video10": OutputEntry(sequence: sequence, fate: .dropped(.card), milliseconds: nil),
            ]
            try stats.write(sequence, times, PictureWork(step: .exact, computed: 0.25), outputs: entries, counts)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("stats.jsonl")), "before it is finished")
        try stats.finish()
        let lines = try String(contentsOfFile: folder.path("stats.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(
            lines.last == """
                {"captured_ms":80,"computed":0.25,"dense_motion_ms":1,"detect_ms":2.5,"dropped":{"detect":2,"window":1},\
                "fates":{"/dev/video10":"dropped card","null":"repeated","window":"shown"},"frame":2,\
                "frames_in":9,"frames_out":3,"generate_ms":4,"latency_ms":12,"outputs":{"null":10.5,"window":12},\
                "quality":"exact","rendered_ms":9}
                """)
        #expect(lines.count == 3)
    }
}
