import Frames
import Glibc
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
            (["--output", "null", "--frames", "-1"], "--frames -1: expected 1 or more"),
            (["--output", "null", "--frames=-1"], "--frames -1: expected 1 or more"),
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
            (["--output", "null", "--mouth-gain", "3"], "--mouth-gain 3.0: expected 0 to 2"),
            (
                ["--output", "null", "--move", "nose"],
                "The value 'nose' is invalid for '--move <parts>': expected some of head, eyes, brows and mouth, with commas "
                    + "between them"
            ),
            (
                ["--output", "null", "--absolute", "--eyes", "relative"],
                "--absolute: the driver's very keypoints have no parts; leave out --mouth-gain, --eyes-gain, "
                    + "--brows-gain, --lips, --eyes and --move"
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
            (["--output", "Null"], "--output Null: say null, or ./Null for a file or folder of that name"),
            (
                ["--output", "PipeWire:Me"],
                "--output PipeWire:Me: say pipewire:Me, or ./PipeWire:Me for a file or folder of that name"
            ),
            (["--output", ""], "--output: its value is empty; name a file"),
        ]

        /// Options of a live run, and what is wrong with them.
        private static let liveMistakes: [([String], String)] = [
            (["--smoothing", "2"], "--smoothing 2.0: expected 0 to 1"),
            (["--head-gain", "3"], "--head-gain 3.0: expected 0 to 2"),
            (["--cpu-budget", "0"], "--cpu-budget 0: expected 1 to 100 percent"),
            (
                ["--delay-audio"],
                "--delay-audio: the sound is to be as late as a virtual camera; --output pipewire makes one"
            ),
            (["--microphone", "x"], "--microphone: which one is delayed; it goes with --delay-audio"),
            (
                ["--quality", "1.5"],
                "The value '1.5' is invalid for '--quality <auto|0...1>': expected auto, or a number from 0 (least work) to "
                    + "1 (everything is computed)"
            ),
            (["--countdown", "61"], "--countdown 61.0: expected 0 to 60 seconds"),
            (
                ["--crop", "left"],
                "The value 'left' is invalid for '--crop <auto|center|x,y,size>': expected auto, center, or X,Y,SIZE "
                    + "in pixels of the driver's picture"
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
                try bench.run(["animate", "--output", "null", "--on-lost", "card"]), code: 64,
                "--on-lost card: only a virtual camera has a card; say hold, neutral or follow; see puppet animate --help"
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

        /// Commands, each with those of its options that take numbers.
        private static let numeric: [([String], [String])] = [
            (
                ["run", "--output", "null"],
                [
                    "frames", "fps", "camera-fps", "camera-size", "vcam-size", "countdown", "smoothing", "motion-gain",
                    "head-gain", "expression-gain", "mouth-gain", "eyes-gain", "brows-gain", "cpu-budget", "quality",
                    "threads", "size", "calibration-frame",
                    "crop",
                ]
            ),
            (["calibrate"], ["countdown", "fps", "threads", "size"]),
            (["bench"], ["runs", "seconds", "threads", "size"]), (["bench", "--quality"], ["frames"]),
            (["model", "quantize", "--driving", "test", "--output", "model.safetensors"], ["frames", "threads"]),
            (["ctl", "status"], ["pid"]),
        ]

        @Test(arguments: numeric)
        func aNegativeNumberIsOutOfRange(_ command: [String], _ options: [String]) throws {
            let bench = try Workbench()
            for option in options {
                let result = try bench.run(command + ["--\(option)", "-1"])
                #expect(result.ending == .exited(64), "--\(option) -1: \(result.errors)")
                #expect(result.line?.contains("--\(option)") == true, "\(result.errors)")
                #expect(result.line?.contains(": expected ") == true, "--\(option) -1: \(result.errors)")
            }
        }

        @Test func ctlSaysWhatACommandTakes() throws {
            let bench = try Workbench()
            for (words, line) in [
                (
                    ["quality", "2"],
                    "quality 2: takes auto, or a number from 0 (least work) to 1 (everything is computed)"
                ),
                (
                    ["shift", "10"],
                    "shift 10: takes two whole numbers from -10000 to 10000, pixels to the right and down"
                ),
                (["zoom", "-21"], "zoom -21: takes a number of steps from -20 to 20"),
                (["passthrough"], "passthrough: takes on or off"),
                (
                    ["dance"],
                    "dance: is no command; there are calibrate, search, avatar, face, open, reload, passthrough, zoom, shift, camera, reset, "
                        + "mirror, quality, mouth-gain, eyes-gain, brows-gain, picture, record, view, status, quit"
                ),
            ] {
                expectFailure(try bench.run(["ctl"] + words), code: 64, "\(line); see puppet ctl --help", words)
            }
            let help = String(decoding: try bench.run(["ctl", "--help"]).output, as: UTF8.self)
            #expect(help.contains("takes on or off"), "\(help)")
        }

        @Test(arguments: [["-v", "animate"], ["--verbose", "animate"], ["animate", "-v"], ["animate", "--verbose"]])
        func verboseStandsBeforeACommandOrBehindIt(_ words: [String]) throws {
            let bench = try Workbench()
            let options = Workbench.tiny + ["--driving", "clip.y4m", "--output", "null", "--frames"]
            let result = try bench.run(words + options + ["1"])
            #expect(result.ending == .exited(0), "\(words): \(result.errors)")
            #expect(result.errors.contains("puppet: kernels: "), "\(words): \(result.errors)")
            expectFailure(
                try bench.run(words + options + ["0"]), code: 64,
                "--frames 0: expected 1 or more; see puppet animate --help", words)
            let live = try bench.run(
                words.filter { $0 != "animate" } + Workbench.tiny + ["--camera", "clip.y4m", "--output", "null"])
            #expect(live.ending == .exited(0) && live.errors.contains("puppet: kernels: "), "\(words): \(live.errors)")
        }

        /// The last two of some options, and why not: a file has many names.
        private static let overwriting: [([String], String)] = [
            (
                ["--output", "./pictures/"],
                "the pictures of --driving are there and would be overwritten; choose another folder"
            ),
            (
                ["--avatar", "face.png", "--output", "null", "--contact-sheet", "linked/face.png"],
                "that is what --avatar reads; choose another file"
            ),
            (
                ["--avatar", "face.png", "--output", "null", "--stats", "second.png"],
                "that is what --avatar reads; choose another file"
            ),
            (
                ["--output", "null", "--contact-sheet", "pictures/2.png"],
                "that is what --driving reads; choose another file"
            ),
            (
                ["--avatar", "linked/pictures", "--output", "null", "--stats", "hard.png"],
                "that is what --avatar reads; choose another file"
            ),
            (
                ["--driving", "test", "--avatar", "numbered/000002.png", "--output", "numbered"],
                "000002.png, which --avatar reads, is there and would be overwritten; choose another folder"
            ),
            (
                ["--driving", "links", "--output", "linked/numbered"],
                "000002.png, which --driving reads, is there and would be overwritten; choose another folder"
            ),
            (
                ["--output", "new", "--contact-sheet", "new/000001.png"],
                "--output writes a picture of that name; choose another name"
            ),
            (["--output", "-", "--output", "/dev/stdout"], "the same as --output -; name every output once"),
            (["--output", "a.y4m", "--output", "./a.y4m"], "the same as --output a.y4m; name every output once"),
            (["--output", "a.y4m", "--stats", "a.y4m"], "given twice; name every output once"),
            (["--output", "a.y4m", "--output", "linked/a.y4m"], "the same as --output a.y4m; name every output once"),
            (["--output", "a.y4m", "--output", "dangling"], "the same as --output a.y4m; name every output once"),
            (
                ["--output", "new/out", "--output", "linked/new/./out"],
                "the same as --output new/out; name every output once"
            ),
        ]

        @Test(arguments: overwriting)
        func nothingIsOverwrittenThatIsReadOrWritten(_ words: [String], _ reason: String) throws {
            let bench = try Workbench()
            try makeFolder(bench.path("pictures"))
            #expect(link(bench.path("face.png"), bench.path("second.png")) == 0)
            try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 64)).asFrame(), to: bench.path("pictures/2.png"))
            #expect(link(bench.path("pictures/2.png"), bench.path("hard.png")) == 0)
            #expect(symlink(".", bench.path("linked")) == 0)
            #expect(symlink("a.y4m", bench.path("dangling")) == 0)
            for folder in ["numbered", "links"] { try makeFolder(bench.path(folder)) }
            #expect(link(bench.path("pictures/2.png"), bench.path("numbered/000002.png")) == 0)
            #expect(symlink("../numbered/000002.png", bench.path("links/a.png")) == 0)
            let driving =
                words.contains("linked/pictures") || words.contains("--driving") ? [] : ["--driving", "pictures"]
            let result = try bench.run(["animate"] + driving + words)
            let last = words.suffix(2).joined(separator: " ")
            expectFailure(result, code: 64, "\(last): \(reason); see puppet animate --help", words)
        }

        /// Neither the video nor a portrait becomes a model.
        @Test(arguments: [
            (["--driving", "clip.y4m", "--output", "linked/clip.y4m"], "--driving"),
            (["--driving", "test", "--avatar", ".", "--output", "linked/face.png"], "--avatar"),
        ])
        func quantizeOverwritesNothingThatItReads(_ words: [String], _ reader: String) throws {
            let bench = try Workbench()
            #expect(symlink(".", bench.path("linked")) == 0)
            let result = try bench.run(["model", "quantize", "--force"] + words)
            expectFailure(
                result, code: 64,
                "--output \(words.last!): that is what \(reader) reads; choose another file; see puppet model quantize --help",
                words)
        }

        @Test(arguments: [["--help"], ["animate", "--help"], ["run", "-h"], ["help", "bench"]])
        func helpIsData(_ arguments: [String]) throws {
            let result = try Workbench().run(arguments)
            expectSuccess(result, arguments)
            #expect(String(decoding: result.output, as: UTF8.self).contains("USAGE: puppet"), "\(arguments)")
        }
    }
}
