import Foundation
import TestSupport
import Testing

extension PuppetTests {
    @Suite("Live runs and measurements")
    struct Live {
        @Test func endsByItself() throws {
            let bench = try Workbench()
            let arguments =
                ["run"] + Workbench.tiny + ["--output", "null", "--frames", "20", "--fps", "100", "--stats", "s.jsonl"]
            let result = try bench.run(arguments)
            expectSuccess(result, arguments)
            #expect(result.output.isEmpty)
            let lines = try String(contentsOfFile: bench.path("s.jsonl"), encoding: .utf8).split(separator: "\n")
            #expect((1...20).contains(lines.count), "\(lines.count) lines")
            for line in lines {
                let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let dropped = try #require(object["dropped"] as? [String: Int], "\(line)")
                #expect(Set(dropped.keys) == ["detect", "generate", "null"])
            }
        }

        @Test func writesASoundStreamToAPipe() throws {
            let bench = try Workbench()
            // `run` is what puppet does without a subcommand.
            let arguments = Workbench.tiny + ["--camera", "clip.y4m", "--avatar", "face.png", "--output", "-"]
            let result = try bench.run(arguments)
            expectSuccess(result, arguments)
            let frames = countY4MFrames(result.output) ?? 0
            #expect((1...Workbench.frameCount).contains(frames), "frames: \(frames)")
        }

        @Test func benchPrintsWhatTheContractSays() throws {
            let bench = try Workbench()
            let result = try bench.run(["bench", "--json", "--only", "default", "--runs", "2"])
            expectSuccess(result, ["bench"])
            let report = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            #expect(report["machine"] is [String: Any])
            let models = try #require(report["models"] as? [[String: Any]])
            #expect(models.map { $0["name"] as? String } == ["default"])
            let model = try #require(models.first)
            #expect(model["precision"] is String)
            let frame = try #require(model["frame"] as? [String: Double])
            for key in ["median_ms", "p95_ms", "fps"] {
                #expect(frame[key].map { $0 > 0 } == true, "frame.\(key): \(frame)")
            }
            let stages = try #require(model["stages"] as? [String: Any])
            #expect(!stages.isEmpty)
            #expect((model["peak_memory_mb"] as? Double).map { $0 > 1 } == true)
        }
    }
}
