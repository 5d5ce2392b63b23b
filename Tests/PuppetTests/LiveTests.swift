import Foundation
import TestSupport
import Testing

extension PuppetTests {
    @Suite("Live runs and measurements")
    struct Live {
        @Test func endsByItself() throws {
            let bench = try Workbench()
            let arguments =
                ["run", "--camera", "test"] + Workbench.tiny + [
                    "--output", "null", "--frames", "20", "--fps", "100", "--stats", "s.jsonl",
                ]
            let result = try bench.run(arguments)
            expectSuccess(result, arguments)
            #expect(result.output.isEmpty)
            let lines = try String(contentsOfFile: bench.path("s.jsonl"), encoding: .utf8).split(separator: "\n")
            #expect((1...20).contains(lines.count), "\(lines.count) lines")
            for line in lines {
                let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let dropped = try #require(object["dropped"] as? [String: Int], "\(line)")
                #expect(Set(dropped.keys) == ["detect", "generate", "fps_cap", "cpu_budget", "null"])
                let outputs = try #require(object["outputs"] as? [String: Double], "\(line)")
                #expect(outputs["null"] == object["latency_ms"] as? Double, "\(line)")
            }
            let end = Data(try #require(lines.last).utf8)
            let last = try #require(JSONSerialization.jsonObject(with: end) as? [String: Any])
            let causes = try #require(last["dropped"] as? [String: Int]).filter { $0.key != "null" }
            let accounted = (last["frames_out"] as? Int ?? 0) + causes.values.reduce(0, +)
            #expect(last["frames_in"] as? Int == 20 && accounted == 20, "every frame is accounted for: \(last)")
        }

        @Test func saysAtTheEndHowItWent() throws {
            let bench = try Workbench()
            let result = try bench.run(
                ["run", "--camera", "test"] + Workbench.tiny + ["--output", "null", "--frames", "20", "--fps", "100"])
            let lines = result.errors.split(separator: "\n")
            #expect(lines.count == 2, "\(result.errors)")
            #expect(
                lines.first?.wholeMatch(
                    of:
                        /puppet: 20 frames in [0-9.]+ s \([0-9.]+ fps in, [0-9.]+ out\), dropped: .+; quality: .+, \d+ shown again/
                )
                    != nil, "\(result.errors)")
            let latency =
                /puppet: null: \d+ pictures \(.+\), \d+ dropped.*, latency p50 [0-9.]+, p95 [0-9.]+, p99 [0-9.]+ ms/
            #expect(lines.last?.wholeMatch(of: latency) != nil, "\(result.errors)")
        }

        @Test(arguments: ["low", "balanced", "smooth"])
        func dropsNothingWhereNothingMayBeDropped(_ mode: String) throws {
            let bench = try Workbench()
            let arguments =
                ["run"] + Workbench.tiny + ["--camera", "clip.y4m", "--fps", "500", "--drop", "never"]
                + ["--latency", mode, "--output", "out.y4m"]
            expectSuccess(try bench.run(arguments), arguments)
            #expect(countY4MFrames(try readFile(bench.path("out.y4m"))) == Workbench.frameCount)
        }

        @Test func obeysAnotherProgram() throws {
            let bench = try Workbench()
            let environment = ["XDG_RUNTIME_DIR": bench.url.path]
            func ask(_ words: String...) throws -> PuppetProcess.Result {
                try bench.run(["ctl"] + words, environment: environment)
            }
            expectFailure(try ask("status"), "ctl: no puppet is running; start one first: puppet --camera ...")
            let run = try bench.start(
                ["run", "--camera", "test"] + Workbench.tiny + ["--output", "null"], environment: environment)
            try waitUntil("it listens") {
                (try? ask("status").ending) == .exited(0)
            }
            let status = String(decoding: try ask("status").output, as: UTF8.self)
            #expect(status.hasPrefix("ok ") && status.contains(" frames in"), "\(status)")
            for command in [
                ["calibrate"], ["zoom", "1.5"], ["shift", "3", "-4"], ["reset"], ["mirror"], ["avatar", "next"],
            ] {
                let result = try bench.run(["ctl"] + command, environment: environment)
                #expect(result.output == Array("ok\n".utf8), "\(command): \(result.errors)")
            }
            #expect(try ask("quit").ending == .exited(0))
            #expect(try run.wait().ending == .exited(0))
            #expect(try fileNames(in: bench.path("puppet")).isEmpty, "the socket is gone with the run")
        }

        @Test func writesASoundStreamToAPipe() throws {
            let bench = try Workbench()
            // `run` is what puppet does without a subcommand.
            let arguments = Workbench.tiny + ["--camera", "clip.y4m", "--avatar", "face.png", "--output", "-"]
            let result = try bench.run(arguments)
            expectSuccess(result, arguments)
            #expect(countY4MFrames(result.output) == Workbench.frameCount, "\(result.errors)")
        }

        /// Far more frames a second than anybody computes: the recording has all of them, and says so.
        @Test func aRecordingPlaysAsLongAsItsDriver() throws {
            let bench = try Workbench()
            let arguments =
                ["run"] + Workbench.tiny + ["--camera", "clip.y4m", "--fps", "900", "--output", "out.y4m"]
                + ["--output", "pictures"]
            let result = try bench.run(arguments)
            expectSuccess(result, arguments)
            let recorded = try readFile(bench.path("out.y4m"))
            #expect(countY4MFrames(recorded) == Workbench.frameCount)
            #expect(recorded.starts(with: "YUV4MPEG2 W64 H64 F900:1 ".utf8))
            #expect(try fileNames(in: bench.path("pictures")).count == Workbench.frameCount)
            #expect(result.errors.contains(/puppet: out.y4m: .+ ms; 10 frames, 0.0 s\n/), "\(result.errors)")
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
