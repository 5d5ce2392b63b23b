import TestSupport
import Testing

extension PuppetTests {
    @Suite("Command lines that make no sense: exit code 64 and one line")
    struct Usage {
        /// Options after `animate --driving clip.y4m`, and what is wrong with them.
        private static let mistakes: [([String], String)] = [
            ([], "Missing expected argument '--output <sink> ...'"),
            (["--output", "null", "--frobnicate"], "Unknown option '--frobnicate'"),
            (["--output", "null", "more"], "Unexpected argument 'more'"),
            (["--output", "null", "--threads", "0"], "--threads 0: expected 1 to 256"),
            (["--output", "null", "--frames", "0"], "--frames 0: expected 1 or more"),
            (["--output", "null", "--size", "0"], "--size 0: expected 16 to 2048"),
            (
                ["--output", "null", "--isa", "mmx"],
                "--isa mmx: expected auto, portable, avx2, avxvnni, avx512, avx512vnni"
            ),
            (
                ["--output", "null", "--fps", "0"],
                "The value '0' is invalid for '--fps <fps>': expected a number above 0 and up to 1000, "
                    + "such as 25, 29.97 or 30000/1001"
            ),
            (
                ["--output", "null", "--fps", "1/0"],
                "The value '1/0' is invalid for '--fps <fps>': expected a number above 0 and up to 1000, "
                    + "such as 25, 29.97 or 30000/1001"
            ),
            (
                ["--output", "null", "--calibration-frame", "first"],
                "The value 'first' is invalid for '--calibration-frame <n|best>': expected a number from 0, or best"
            ),
            (["--output", "null", "--stats", "-"], "--stats -: standard output is for pictures; name a file"),
            (
                ["--output", "window"],
                "--output window: animate writes files; use puppet run for a window"
            ),
            (
                ["--output", "null", "--quality", "auto"],
                "--quality auto: animate has all the time it needs; say a number from 0 to 1"
            ),
            (["--output", "-", "--output", "-"], "--output -: given twice; name every output once"),
        ]

        /// Options of a live run, and what is wrong with them.
        private static let liveMistakes: [([String], String)] = [
            (["--smoothing", "2"], "--smoothing 2.0: expected 0 to 1"),
            (["--head-gain", "3"], "--head-gain 3.0: expected 0 to 2"),
            (["--cpu-budget", "0"], "--cpu-budget 0: expected 1 to 100 percent"),
            (
                ["--quality", "1.5"],
                "The value '1.5' is invalid for '--quality <auto|0...1>': expected auto, or a number from 0 (least work) to "
                    + "1 (everything is computed)"
            ),
            (["--countdown", "61"], "--countdown 61.0: expected 0 to 60 seconds"),
            (
                ["--crop", "left"],
                "The value 'left' is invalid for '--crop <auto|center|x,y,size>': expected auto, center, or X,Y,SIZE "
                    + "in pixels of the camera's picture"
            ),
            (
                ["--camera-control", "brightness"],
                "The value 'brightness' is invalid for '--camera-control <name=value>': expected NAME=VALUE with a "
                    + "whole number, on or off, such as brightness=128"
            ),
        ]

        @Test func ofLiveRunsIsOneLine() throws {
            let bench = try Workbench()
            for (options, line) in Self.liveMistakes {
                let result = try bench.run(["run", "--output", "null"] + options)
                expectFailure(result, code: 64, "\(line); see puppet run --help", options)
            }
            expectFailure(
                try bench.run(["animate", "--output", "null", "--crop", "auto"]), code: 64,
                "--crop auto: animate looks at one square throughout; say center or X,Y,SIZE; see puppet animate --help"
            )
            let square = try bench.run(
                ["run"] + Workbench.tiny + ["--camera", "clip.y4m", "--output", "null", "--crop", "10,0,64"])
            expectFailure(
                square,
                "--crop 10,0,64: is not inside the picture of 64x64; give X,Y,SIZE with X + SIZE up to 64 and Y + SIZE "
                    + "up to 64")
        }

        @Test func isOneLine() throws {
            let bench = try Workbench()
            for (options, line) in Self.mistakes {
                let result = try bench.run(["animate", "--driving", "clip.y4m"] + options)
                expectFailure(result, code: 64, "\(line); see puppet animate --help", options)
            }
            expectFailure(try bench.run(["dance"]), code: 64, "Unexpected argument 'dance'; see puppet --help")
            expectFailure(
                try bench.run(["bench", "--runs", "0"]), code: 64,
                "--runs 0: expected 1 to 100000; see puppet bench --help")
            expectFailure(
                try bench.run(["bench", "--only", "default", "--model", "tiny.safetensors"]), code: 64,
                "--only and --model: name one model; see puppet bench --help")
            expectFailure(
                try bench.run(["bench", "--latency", "--size", "64"]), code: 64,
                "--latency: measures the default model at its own size; no --model, --size, --only; "
                    + "see puppet bench --help")
            expectFailure(
                try bench.run(["bench", "--latency", "--quality"]), code: 64,
                "Measure --latency, --layers or --quality, one at a time; see puppet bench --help")
            expectFailure(
                try bench.run(["bench", "--driving", "clip.y4m"]), code: 64,
                "--driving, --avatar and --frames: for --quality; the others bring their own; see puppet bench --help")
            #expect(try bench.newNames() == [])
        }

        @Test func drivingPicturesAreNotOverwritten() throws {
            let bench = try Workbench()
            try makeFolder(bench.path("pictures"))
            let result = try bench.run(["animate", "--driving", "pictures", "--output", "./pictures/"])
            expectFailure(
                result, code: 64,
                "--output ./pictures/: the driving pictures are there and would be overwritten; choose another folder; "
                    + "see puppet animate --help")
        }

        @Test(arguments: [["--help"], ["animate", "--help"], ["run", "-h"], ["help", "bench"]])
        func helpIsData(_ arguments: [String]) throws {
            let result = try Workbench().run(arguments)
            expectSuccess(result, arguments)
            #expect(String(decoding: result.output, as: UTF8.self).contains("USAGE: puppet"), "\(arguments)")
        }
    }
}
