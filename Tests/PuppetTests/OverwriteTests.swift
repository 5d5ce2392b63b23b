import Foundation
import TestSupport
import Testing

extension PuppetTests {
    @Suite("What is there already stays unless its owner agrees")
    struct Overwriting {
        private static let animate = ["animate"] + Workbench.tiny + ["--driving", "clip.y4m", "--frames", "2"]

        @Test(arguments: [["animate", "--driving"], ["run", "--camera"]])
        func aFileIsNotReplacedUnasked(_ command: [String]) throws {
            let bench = try Workbench()
            try bench.write([1, 2, 3], "out.y4m")
            let arguments = command + ["clip.y4m"] + Workbench.tiny
            for (options, path) in [
                (["--output", "out.y4m"], "out.y4m"), (["--output", "new.y4m", "--output", "./out.y4m"], "./out.y4m"),
                (["--output", "null", "--stats", "out.y4m"], "out.y4m"),
            ] {
                expectFailure(
                    try bench.run(arguments + options),
                    "\(path): it is there already; say --force to replace it, or give another name", options)
            }
            #expect(try readFile(bench.path("out.y4m")) == [1, 2, 3])
            #expect(try bench.newNames() == ["out.y4m"], "nothing else was begun")
            expectSuccess(try bench.run(arguments + ["--output", "out.y4m", "--force"]), arguments)
            #expect(countY4MFrames(try readFile(bench.path("out.y4m"))) == Workbench.frameCount)
        }

        @Test func aSheetIsNotReplacedUnasked() throws {
            let bench = try Workbench()
            try bench.write([1, 2, 3], "sheet.png")
            expectFailure(
                try bench.run(Self.animate + ["--output", "null", "--contact-sheet", "sheet.png"]),
                "sheet.png: it is there already; say --force to replace it, or give another name")
        }

        /// A folder is its numbered pictures: others are none of our business.
        @Test func numberedPicturesAreNotReplacedUnasked() throws {
            let bench = try Workbench()
            try makeFolder(bench.path("out"))
            try bench.write([1], "out/holiday.png")
            expectSuccess(try bench.run(Self.animate + ["--output", "out"]), [])
            try bench.write([1], "out/000007.png")
            expectFailure(
                try bench.run(Self.animate + ["--output", "out"]),
                "out: it holds 3 numbered pictures already; say --force to replace them, or give another name")
            expectSuccess(try bench.run(Self.animate + ["--output", "out", "--force", "--frames", "1"]), [])
            #expect(try fileNames(in: bench.path("out")) == ["000001.png", "holiday.png"], "no mix of two videos")
        }

        @Test func whatKeepsNothingIsNotAskedAbout() throws {
            let bench = try Workbench()
            #expect(mkfifo(bench.path("fifo.y4m"), 0o600) == 0)
            let reader = try ReaderOfFIFO(bench.path("fifo.y4m"))
            let outputs = ["null", "-", "/dev/null", "fifo.y4m"].flatMap { ["--output", $0] }
            expectSuccess(try bench.run(Self.animate + outputs), outputs)
            #expect(countY4MFrames(try reader.bytes()) == 2)
        }

        @Test(arguments: [("y\n", true), ("Yes\n", true), ("\n", false), ("n\n", false), ("\u{4}", false)])
        func aPersonIsAsked(_ answer: String, _ isReplaced: Bool) throws {
            let bench = try Workbench()
            try bench.write([1, 2, 3], "out.y4m")
            let terminal = try Terminal()
            let run = try bench.start(
                Self.animate + ["--output", "out.y4m"], input: terminal.inner, errors: terminal.inner)
            var shown = ""
            try waitUntil("it asks") {
                shown += terminal.shown
                return shown.contains("(y/N) ")
            }
            #expect(shown == "puppet: out.y4m: it is there already; replace it? (y/N) ")
            terminal.type(answer)
            let result = try run.wait()
            #expect(result.ending == .exited(isReplaced ? 0 : 1))
            let bytes = try readFile(bench.path("out.y4m"))
            #expect(isReplaced ? countY4MFrames(bytes) == 2 : bytes == [1, 2, 3])
            if !isReplaced { #expect(terminal.shown.contains("puppet: out.y4m: it is there already; say --force")) }
        }

        /// kill -9: whoever writes again beside it is told.
        @Test func whatAKilledRunLeftIsTold() throws {
            let bench = try Workbench()
            let run = try bench.start(["run"] + Workbench.tiny + ["--camera", "test", "--output", "out.y4m"])
            try waitUntil("something is written") {
                let names = (try? bench.newNames()) ?? []
                return names.contains { (try? readFile(bench.path($0)).count > 3 * Workbench.frameBytes) == true }
            }
            let left = try #require(try bench.newNames().first)
            run.send(SIGKILL)
            _ = try run.wait()
            #expect(left.hasSuffix(".y4m"), "it can be played by its name")
            #expect(try readFile(bench.path(left)).starts(with: "YUV4MPEG2 W64 H64 ".utf8))
            let result = try bench.run(Self.animate + ["--output", "other.y4m"])
            let told =
                "puppet: \(left): a run that was cut off recorded this, 0\\.\\d+ MB; rename it to keep it, or remove it\npuppet: .*\n"
            #expect(result.errors.wholeMatch(of: try Regex(told)) != nil, "\(result.errors)")
            #expect(fileExists(bench.path(left)), "it is its owner's")
            // A live run also keeps recordings in the user's folder of videos.
            let live = try bench.run(
                ["run"] + Workbench.tiny + ["--camera", "clip.y4m", "--output", "null"],
                environment: ["XDG_VIDEOS_DIR": bench.url.path, "HOME": "/none"])
            #expect(live.errors.contains("/\(left): a run that was cut off recorded this"), "\(live.errors)")
        }

        @Test func whatAKilledRunLeftPlays() throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            let run = try bench.start(
                ["run"] + Workbench.tiny + ["--camera", "test", "--fps", "50", "--output", "out.mp4"])
            func left() throws -> String? { try bench.newNames().first { $0.hasSuffix(".mp4") } }
            try waitUntil("something is written", seconds: 60) {
                guard let left = try? left() else { return false }
                return (try? readFile(bench.path(left)).count > 6000) == true
            }
            run.send(SIGKILL)
            _ = try run.wait()
            let name = try #require(try left())
            let decoded = Program("ffmpeg")?.run(
                ["-v", "error", "-i", bench.path(name), "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"])
            let frames = (decoded?.output.count ?? 0) / (Workbench.side * Workbench.side)
            #expect(frames >= 10, "\(name): \(frames) frames")
        }

        /// One line; the run goes on for the others, and what was written plays.
        @Test func anEncoderThatIsKilledCostsItsOutputAlone() throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            let run = try bench.start(
                ["run"] + Workbench.tiny
                    + [
                        "--camera", "test", "--fps", "50", "--on-lost", "follow", "--output", "out.mp4", "--output",
                        "o.y4m",
                    ])
            try waitUntil("something is written", seconds: 60) {
                guard let left = try? bench.newNames().first(where: { $0.hasSuffix(".mp4") }) else { return false }
                return (try? readFile(bench.path(left)).count > 6000) == true
            }
            try run.killChild("ffmpeg")
            try waitUntil("the user is told") { run.errorsSoFar.contains("go on") }
            run.send(SIGINT)
            let result = try run.wait()
            #expect(result.ending == .exited(1))
            #expect(
                result.complaints == [
                    "puppet: out.mp4: ffmpeg cannot write it: it was ended by signal 9; what was written before it is kept; "
                        + "the other outputs go on"
                ], "\(result.errors)")
            #expect(try bench.newNames() == ["o.y4m", "out.mp4"])
            let played = Program("ffmpeg")?.run(["-v", "error", "-i", bench.path("out.mp4"), "-f", "null", "-"])
            #expect(played?.ending == .exited(0))
            #expect(countY4MFrames(try readFile(bench.path("o.y4m"))).map { $0 > 0 } == true)
        }
    }
}

/// Reads a FIFO to its end, on a thread of its own.
private final class ReaderOfFIFO {
    private let child: Process
    private let output = Pipe.ofOurOwn()

    init(_ path: String) throws {
        child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/cat")
        child.arguments = [path]
        child.standardOutput = output
        try child.run()
    }

    func bytes() throws -> [UInt8] { Array(try output.fileHandleForReading.readToEnd() ?? Data()) }
}
