import Foundation
import Testing

@testable import Bench
@testable import FOMMCore

@Suite("What the benchmarks report")
struct BenchReportTests {
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
        #expect(Set(frame.keys) == ["median_ms", "p95_ms", "processor_ms", "fps"])
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
