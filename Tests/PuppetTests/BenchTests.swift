import Foundation
import Testing

extension PuppetTests {
    @Suite("puppet bench")
    struct BenchRuns {
        @Test func measuresAnyModelAtAnySize() throws {
            let bench = try Workbench()
            let options = ["bench"] + Workbench.tiny + ["--threads", "1", "--runs", "2"]
            let result = try bench.run(options + ["--json"])
            expectSuccess(result, options)
            let report = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            let models = try #require(report["models"] as? [[String: Any]])
            #expect(models.map { $0["name"] as? String } == ["tiny.safetensors"])
            #expect(models.map { $0["frame_size"] as? Int } == [Workbench.side])
            let table = String(decoding: try bench.run(options).output, as: UTF8.self)
            #expect(table.contains("tiny.safetensors  detect "), "columns apart: \(table)")
            #expect(try bench.newNames() == [])
        }

        @Test func measuresWhatQualitySaves() throws {
            let bench = try Workbench()
            let options = ["bench", "--quality", "--only", "default", "--frames", "3"]
            let result = try bench.run(options + ["--json"])
            expectSuccess(result, options)
            let report = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            let steps = try #require(report["steps"] as? [[String: Any]])
            #expect(steps.map { $0["step"] as? String }.first == "exact" && steps.count > 3, "\(steps)")
            #expect(steps.allSatisfy { ($0["frame_ms"] as? Double ?? 0) > 0 }, "\(steps)")
            #expect(report["frames"] as? Int == 3)
        }

        @Test func aSizeThatCannotWorkIsOneLine() throws {
            let result = try Workbench().run(["bench", "--only", "default", "--size", "72", "--runs", "1"])
            #expect(result.ending == .exited(1))
            #expect(result.errors.hasPrefix("puppet: --size 72: the model cannot halve it as often as it has to"))
        }
    }
}
