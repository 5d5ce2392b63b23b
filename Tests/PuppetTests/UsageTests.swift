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
            (["--output", "null", "--isa", "mmx"], "--isa mmx: expected auto, portable, avx2, avx512"),
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
            (["--output", "-", "--output", "-"], "--output -: given twice; name every output once"),
        ]

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
