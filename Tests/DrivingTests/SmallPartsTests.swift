import FOMMCore
import Foundation
import Frames
import TestSupport
import Testing

@testable import Bench
@testable import Display
@testable import Driving
@testable import Live
@testable import Models
@testable import System

@Suite("Small parts")
struct SmallPartsTests {
    @Test func percentiles() {
        #expect(percentile(50, of: []) == 0)
        #expect(percentile(50, of: [3]) == 3)
        #expect(percentile(50, of: [5, 1, 3]) == 3)
        #expect(percentile(95, of: (1...100).map(Double.init)) == 95)
        #expect(percentile(50, of: [4, 1, 2, 3]) == 2)
        #expect(percentile(0, of: [4, 1]) == 1)
        #expect(percentile(100, of: [1, 2]) == 2)
    }

    @Test(arguments: [(1.25, 1, 1.3), (-1.25, 1, -1.3), (29.97002, 2, 29.97), (1.4999, 0, 1), (0.00012, 4, 0.0001)])
    func rounding(_ value: Double, _ places: Int, _ expected: Double) {
        #expect(value.rounded(toPlaces: places) == expected)
    }

    @Test func aRollingMedianForgets() {
        var median = RollingMedian()
        #expect(median.median == 0)
        for _ in 0..<StageClock.window { median.add(1) }
        for _ in 0..<StageClock.window { median.add(7) }
        #expect(median.median == 7)
    }

    @Test func modelsAreFoundByName() throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "puppet/models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: URL(filePath: TestModel.path), to: models.appending(path: "tiny.safetensors"))
        let location = ModelLocation(environment: ["XDG_DATA_HOME": folder.url.path, "HOME": "/nowhere"])
        #expect(try location.open("tiny").bytes.count > 1000)
        #expect(try location.open(TestModel.path).bytes.count > 1000, "a path")
        #expect(try location.open(nil).name == "the default model")
        let error = #expect(throws: PuppetError.self) { try location.open("vox") }
        #expect(error?.description.contains(models.appending(path: "vox.safetensors").path) == true, "\(error!)")
    }

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

    @Test func anAvatarListKnowsItsPictures() throws {
        let folder = try TemporaryFolder()
        #expect(throws: PuppetError.self, "an empty folder") { try AvatarList(folder.url.path) }
        for name in ["10.png", "2.png", ".hidden.png", "notes.txt"] {
            try PNGFile.write(PixelBuffer.smooth(FrameSize(width: 30, height: 40)).asFrame(), to: folder.path(name))
        }
        let list = try AvatarList(folder.url.path)
        #expect(list.count == 2)
        let detector = FrameDetector(try TestModel.tiny(), threads: 1)
        #expect(try list.load(0, detector).name.hasSuffix("/2.png"), "in the order of their numbers")
        #expect(try list.load(0, detector).picture.size == FrameSize(square: 64))
        #expect(throws: FrameError.self) { try AvatarList(folder.path("missing.png")).load(0, detector) }
    }

    @Test func benchMeasuresTheDefaultModel() throws {
        let report = try Bench(
            BenchCompute(threads: 1, instructionSet: .best, precision: .float32), runs: 2
        ).run([.default])
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
        let machine = try #require(json["machine"] as? [String: Any])
        #expect(machine["instruction_set"] as? String == InstructionSet.best.name)
        let model = try #require((json["models"] as? [[String: Any]])?.first)
        #expect(model["name"] as? String == "default")
        #expect(model["precision"] as? String == "float32")
        #expect(model["frame_size"] as? Int == 256)
        let frame = try #require(model["frame"] as? [String: Double])
        #expect(Set(frame.keys) == ["median_ms", "p95_ms", "fps"])
        #expect(frame.values.allSatisfy { $0 > 0 })
        let stages = try #require(model["stages"] as? [String: [String: Double]])
        #expect(Set(stages.keys) == ["detect", "dense_motion", "generate"])
        #expect(try #require(model["peak_memory_mb"] as? Double) > 10)
        #expect(report.table.contains("default    frame") || report.table.contains("default   frame"))
    }

    @Test func columnsOfLatenciesAreApart() {
        let report = LatencyBench.Report(
            rows: ["serial loop", "--latency balanced"].map {
                .init(name: $0, framesPerSecond: 124.96, p50: 1, p95: 10.04, p99: 1000, compute: 2)
            })
        #expect(
            report.table == """
                                       fps        p50 ms        p95 ms        p99 ms    compute ms p50 / compute
                serial loop          125.0           1.0          10.0        1000.0           2.0           0.5
                --latency balanced   125.0           1.0          10.0        1000.0           2.0           0.5
                """)
    }

    @Test func aRandomModelOfThePublishedSizeLoads() throws {
        let model = try FOMMModel(RandomModel.published())
        #expect(model.keypointCount == 10)
        #expect(model.hasJacobians)
    }
}
