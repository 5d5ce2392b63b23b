import Foundation
import TestSupport
import Testing

extension PuppetTests {
    /// With the bundled model: the small one sees no faces.
    @Suite("puppet calibrate")
    struct Calibrate {
        @Test func keepsWhatALaterRunFinds() throws {
            let bench = try Workbench()
            let environment = ["XDG_DATA_HOME": bench.path("data")]
            let arguments = ["calibrate", "--camera", "test", "--calibration", "last", "--json"]
            let result = try bench.run(arguments, environment: environment)
            expectSuccess(result, arguments)
            let made = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            #expect(made["score"] as? Int ?? -1 >= 0)
            #expect(made["advice"] is [String])
            let path = try #require(made["path"] as? String)
            #expect(path.hasPrefix(bench.path("data/puppet/calibrations/")))
            #expect(FileManager.default.fileExists(atPath: path))

            let run = try bench.run(
                ["--camera", "test", "--calibration", "last", "--output", "null", "--frames", "3"],
                environment: environment)
            #expect(run.ending == .exited(0))
            #expect(run.errors.contains("calibrated as on "), "\(run.errors)")
        }

        @Test func keepsTheTestCameraOnlyWhereAskedTo() throws {
            let bench = try Workbench()
            let environment = ["XDG_DATA_HOME": bench.path("data")]
            let result = try bench.run(["calibrate", "--camera", "test"], environment: environment)
            expectSuccess(result, ["calibrate"])
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            #expect(lines.first?.hasPrefix("calibration ") == true, "\(lines)")
            #expect(lines.last == "not kept; --calibration last or a file name keeps it")
            #expect(try bench.newNames() == [])

            let inFile = try bench.run(
                ["calibrate", "--camera", "test", "--calibration", "me.json"], environment: environment)
            #expect(String(decoding: inFile.output, as: UTF8.self).hasSuffix("kept in me.json\n"))
            #expect(try bench.newNames() == ["me.json"])
        }

        /// Whether it is what is read or not.
        @Test func nothingElseIsReplaced() throws {
            let bench = try Workbench()
            try bench.write(Array("notes".utf8), "notes.txt")
            for file in ["face.png", "clip.y4m", "notes.txt"] {
                let before = try readFile(bench.path(file))
                let arguments = [
                    "calibrate", "--avatar", "face.png", "--camera", "clip.y4m", "--calibration", file,
                ]
                expectFailure(
                    try bench.run(arguments), "\(file): is there already, and no calibration; give another name for it")
                #expect(try readFile(bench.path(file)) == before)
            }
            let arguments = ["calibrate", "--camera", "test", "--calibration", "me.json"]
            for _ in 0..<2 { expectSuccess(try bench.run(arguments), arguments) }
        }

        @Test func countsDownOnOneLine() throws {
            let result = try Workbench().run(["calibrate", "--camera", "test", "--countdown", "0.2"])
            #expect(result.ending == .exited(0), "\(result.errors)")
            #expect(result.errors == "puppet: calibrating in 1 s\n")
        }

        @Test func nobodyInView() throws {
            let bench = try Workbench()
            // Noise that is another in every frame: no face, and long enough for patience to run out.
            var clip = Array("YUV4MPEG2 W64 H64 F25:1 Ip C420jpeg\n".utf8)
            var state: UInt32 = 1
            for _ in 0..<130 {
                clip += "FRAME\n".utf8
                for _ in 0..<64 * 64 * 3 / 2 {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    clip.append(UInt8(state >> 24))
                }
            }
            try bench.write(clip, "noise.y4m")
            let result = try bench.run(["calibrate", "--camera", "noise.y4m", "--calibration", "me.json"])
            expectFailure(
                result,
                "noise.y4m: no calm face was in view; nothing is kept; give a video in which a face rests for a second "
                    + "after the countdown")
            #expect(try bench.newNames() == ["noise.y4m"])
        }

        @Test func aVideoThatIsTooShort() throws {
            let bench = try Workbench()
            let result = try bench.run(["calibrate", "--camera", "clip.y4m", "--calibration", "me.json"])
            #expect(result.ending == .exited(1))
            #expect(
                result.line?.hasPrefix("puppet: clip.y4m: ended after 10 frames, before a calm face was seen") == true,
                "\(result.errors)")
            #expect(try bench.newNames() == [])
        }

        @Test func mistakesAreUsage() throws {
            let bench = try Workbench()
            for (options, line) in [
                (["--countdown", "61"], "--countdown 61.0: expected 0 to 60 seconds"),
                (["--output", "null"], "Unknown option '--output'"),
            ] {
                expectFailure(
                    try bench.run(["calibrate"] + options), code: 64, "\(line); see puppet calibrate --help", options)
            }
            expectFailure(
                try bench.run(["doctor", "me"]), code: 64, "Unexpected argument 'me'; see puppet doctor --help")
            expectFailure(
                try bench.run(["calibrate", "--camera", "/dev/video62"]),
                "/dev/video62: there is no such camera; plug it in, or see which there are with 'puppet devices'")
        }
    }
}
