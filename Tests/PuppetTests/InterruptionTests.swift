import Foundation
import Frames
import Glibc
import System
import TestSupport
import Testing

extension PuppetTests {
    @Suite("Ctrl-C and its kin")
    struct Interruptions {
        /// Milliseconds in which a run has to be over, on a busy computer.
        private static let patience = 700.0
        private static let clip = ["--driving", "test", "--fps", "1000"]

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func animateKeepsWhatIsDone(_ signal: CInt) throws {
            let bench = try Workbench()
            let options = Self.clip + ["--output", "out.y4m", "--output", "pictures", "--stats", "stats.jsonl"]
            let run = try bench.start(["animate"] + Workbench.tiny + options)
            try waitUntil("there are pictures") { fileExists(bench.path("pictures/000005.png")) }
            let result = try end(run, by: signal)
            #expect(result.ending == .exited(1))
            let line = try #require(
                result.line?.wholeMatch(
                    of: /puppet: the test camera: interrupted after ([0-9]+) of 12000 frames; kept in out.y4m, pictures/
                ),
                "\(result.errors)")
            #expect(try bench.newNames() == ["out.y4m", "pictures", "stats.jsonl"])
            let frames = try #require(Int(line.1))
            #expect(countY4MFrames(try readFile(bench.path("out.y4m"))) == frames)
            let stats = try String(contentsOfFile: bench.path("stats.jsonl"), encoding: .utf8)
            #expect(stats.split(separator: "\n").count == frames)
            let pictures = try fileNames(in: bench.path("pictures"))
            #expect(pictures.count == frames && !pictures.contains { $0.hasPrefix(".") }, "\(pictures.count)")
            for picture in pictures {
                let size = try ImageFile.read(bench.path("pictures/\(picture)")).size
                #expect(size == FrameSize(square: Workbench.side), "\(picture)")
            }
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func runFinishesItsFile(_ signal: CInt) throws {
            let bench = try Workbench()
            let options = ["--camera", "test", "--fps", "50", "--output", "out.y4m", "--stats", "stats.jsonl"]
            let run = try bench.start(["run"] + Workbench.tiny + options)
            try waitForFrames(3, bench)
            expectSuccess(try end(run, by: signal), options)
            let frames = countY4MFrames(try readFile(bench.path("out.y4m"))) ?? 0
            #expect(frames >= 3, "frames: \(frames)")
            #expect(try bench.newNames() == ["out.y4m", "stats.jsonl"])
        }

        /// timeout(1) sends its signal to the program and to the group that the program is in.
        @Test func aSignalThatComesTwiceIsOneRequest() throws {
            let bench = try Workbench()
            let options = ["--camera", "test", "--fps", "50", "--output", "out.y4m"]
            let run = try bench.start(["run"] + Workbench.tiny + options)
            try waitForFrames(3, bench)
            run.send(SIGTERM)
            expectSuccess(try end(run, by: SIGINT), options)
            #expect(try bench.newNames() == ["out.y4m"])
        }

        /// The first request waits for an output that nobody reads; the second does not.
        @Test func aSecondRequestDoesNotWait() throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let options = ["--camera", "test", "--fps", "100", "--output", "-", "--output", "out.y4m"]
            let run = try bench.start(
                ["run"] + Workbench.tiny + options, output: pipe.fileHandleForWriting.fileDescriptor)
            try waitForFrames(30, bench)
            run.send(SIGINT)
            usleep(500_000)
            expectFailure(try end(run, by: SIGINT), "interrupted")
        }

        /// A pipe whose writer neither writes nor ends.
        @Test(arguments: ["animate", "run"])
        func aStalledPipeDoesNotHold(_ command: String) throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let options = ["--driving", "-", "--output", "out.y4m"]
            let run = try bench.start(
                [command] + Workbench.tiny + options, input: pipe.fileHandleForReading.fileDescriptor)
            let stream = Workbench.clip(frames: 3).dropLast(1000)
            try pipe.fileHandleForWriting.write(contentsOf: Data(stream))
            try waitForFrames(command == "run" ? 1 : 2, bench)
            let result = try end(run, by: SIGINT)
            if command == "run" {
                expectSuccess(result, options)
                let frames = countY4MFrames(try readFile(bench.path("out.y4m"))) ?? 0
                #expect(frames >= 1, "frames: \(frames)")
            } else {
                expectFailure(result, "standard input: interrupted after 2 frames; kept in out.y4m")
                #expect(countY4MFrames(try readFile(bench.path("out.y4m"))) == 2)
            }
        }

        /// The first request waits for ffmpeg, which does not end; the second throws everything away.
        @Test func aSecondRequestThrowsAway() throws {
            let bench = try Workbench()
            try makeFolder(bench.path("bin"))
            try writeScript("cat >/dev/null; : >waiting; sleep 3", to: bench.path("bin/ffmpeg"))
            let run = try bench.start(
                ["animate"] + Workbench.tiny + Self.clip + ["--output", "out.mp4", "--output", "pictures"],
                environment: ["PATH": bench.path("bin") + ":/usr/bin:/bin"])
            try waitUntil("there are pictures") { fileExists(bench.path("pictures/000005.png")) }
            run.send(SIGINT)
            try waitUntil("ffmpeg has all pictures") { fileExists(bench.path("waiting")) }
            usleep(400_000)
            expectFailure(try end(run, by: SIGINT), "interrupted")
            #expect(try bench.newNames() == ["bin", "pictures", "waiting"])
        }

        /// Before there is anything to finish: the stream has not even a header, the clip is still being looked through.
        @Test(arguments: [
            ["animate", "--driving", "-"], ["run", "--driving", "-"],
            ["animate", "--driving", "test", "--fps", "1000", "--calibration-frame", "best"],
            ["run", "--driving", "test", "--fps", "1000", "--calibration-frame", "best"],
        ])
        func nothingHoldsBeforeTheFirstFrame(_ command: [String]) throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let run = try bench.start(
                command + Workbench.tiny + ["--output", "out.y4m"],
                input: pipe.fileHandleForReading.fileDescriptor)
            try run.waitForSignalHandlers()
            expectFailure(try end(run, by: SIGINT), "interrupted", command)
            #expect(try bench.newNames() == [])
            try pipe.fileHandleForWriting.close()
        }

        @Test func aRunWithoutFilesMayBeStoppedBeforeItsFirstFrame() throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let command = ["run", "--driving", "-"] + Workbench.tiny + ["--output", "null"]
            let run = try bench.start(command, input: pipe.fileHandleForReading.fileDescriptor)
            try run.waitForSignalHandlers()
            expectSuccess(try end(run, by: SIGTERM), command)
            try pipe.fileHandleForWriting.close()
        }

        @Test func theTerminalIsLeftClean() throws {
            let bench = try Workbench()
            let terminal = try Terminal()
            let before = terminal.attributes
            let run = try bench.start(
                ["animate"] + Workbench.tiny + Self.clip + ["--output", "pictures"], errors: terminal.inner)
            try waitUntil("there are pictures") { fileExists(bench.path("pictures/000150.png")) }
            let result = try end(run, by: SIGINT)
            #expect(result.ending == .exited(1))
            let shown = terminal.shown
            #expect(shown.contains("\r\u{1B}[K["), "no progress bar: \(shown)")
            let last = shown.components(separatedBy: "\r\u{1B}[K").last ?? ""
            #expect(last.hasPrefix("puppet: the test camera: interrupted after "), "\(last)")
            #expect(terminal.attributes == before, "the terminal's settings have changed")
        }

        @Test func aTerminalIsNoVideo() throws {
            let bench = try Workbench()
            let terminal = try Terminal()
            expectFailure(
                try bench.run(
                    ["animate"] + Workbench.tiny + ["--driving", "-", "--output", "-"], input: terminal.inner),
                "standard input: it is a terminal, not a Y4M stream; pipe one in, for example from "
                    + "ffmpeg -i FILE -pix_fmt yuv420p -f yuv4mpegpipe -")
            expectFailure(
                try bench.run(
                    ["animate"] + Workbench.tiny + ["--driving", "clip.y4m", "--output", "-"], output: terminal.inner),
                "standard output: video cannot be shown in a terminal; pipe it into another program, or name a file")
            #expect(terminal.shown == "")
        }

        /// Only the window ends with it.
        @Test func aRunOutlivesItsDisplay() throws {
            let bench = try Workbench()
            guard let server = try XServer() else { return }
            let options = ["--camera", "test", "--fps", "50", "--output", "window", "--output", "out.y4m"]
            let run = try bench.start(["run"] + Workbench.tiny + options, environment: ["DISPLAY": server.display])
            try waitForFrames(3, bench)
            server.kill()
            try waitForFrames(50, bench)
            let result = try end(run, by: SIGINT)
            #expect(result.ending == .exited(1), "an output was lost: \(result.errors)")
            let line =
                "puppet: window: the display is gone; start puppet again on one that is there; the other outputs go on"
            // Xlib may have had something to say before.
            #expect(result.errors.contains(line + "\n"), "\(result.errors)")
            #expect(countY4MFrames(try readFile(bench.path("out.y4m"))) ?? 0 >= 50)

            guard let another = try XServer() else { return }
            let alone = try bench.start(
                ["run"] + Workbench.tiny + ["--camera", "test", "--stats", "s.jsonl"],
                environment: ["DISPLAY": another.display])
            // A display that goes away while SDL starts is SDL's to survive.
            try waitForFile(of: 2000, bench)
            another.kill()
            let end = try alone.wait(seconds: 20)
            #expect(end.ending == .exited(1))
            #expect(
                end.errors.hasSuffix("puppet: window: the display is gone; start puppet again on one that is there\n"),
                "\(end.errors)")
        }

        private func end(_ run: PuppetProcess, by signal: CInt) throws -> PuppetProcess.Result {
            let asked = MonotonicTime.now
            run.send(signal)
            let result = try run.wait(seconds: 20)
            let milliseconds = MonotonicTime.now.milliseconds(since: asked)
            #expect(milliseconds < Self.patience, "it took \(milliseconds) ms to end")
            return result
        }

        /// Until the file that will be `out.y4m` has that many frames.
        private func waitForFrames(_ count: Int, _ bench: borrowing Workbench) throws {
            try waitForFile(of: count * Workbench.frameBytes, bench)
        }

        /// Of the one that is being written.
        private func waitForFile(of bytes: Int, _ bench: borrowing Workbench) throws {
            let folder = bench.url.path
            try waitUntil("\(bytes) bytes are written") {
                let names = (try? fileNames(in: folder)) ?? []
                return names.contains { name in
                    let status = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                    return name.hasPrefix(".puppet-") && status?[.size] as? Int ?? 0 > bytes
                }
            }
        }
    }
}
