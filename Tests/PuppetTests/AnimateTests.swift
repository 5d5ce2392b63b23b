import FOMMCore
import Foundation
import Frames
import System
import TestSupport
import Testing

extension PuppetTests {
    @Suite("Animating")
    struct Animating {
        private static let clip = ["--avatar", "face.png", "--driving", "clip.y4m"]

        @Test func theSameBytesEveryTimeAndOnAnyNumberOfThreads() throws {
            let bench = try Workbench()
            let once = try bench.animate(Self.clip + ["--threads", "2", "--output", "-"])
            #expect(countY4MFrames(once) == Workbench.frameCount)
            #expect(try bench.animate(Self.clip + ["--threads", "2", "--output", "-"]) == once)
            for threads in ["1", "3"] {
                #expect(try bench.animate(Self.clip + ["--threads", threads, "--output", "-"]) == once, "\(threads)")
            }
            let frames = (0..<Workbench.frameCount).map { once.dropFirst(once.count - ($0 + 1) * Workbench.frameBytes) }
            let different = Set(frames.map { Array($0.prefix(Workbench.frameBytes)) }).count
            #expect(different > 1, "all frames are the same picture: nothing moved")
        }

        @Test func aFolderOfPictures() throws {
            let bench = try Workbench()
            let output = try bench.animate(Self.clip + ["--output", "a/b/pictures/"])
            #expect(output.isEmpty)
            let expected = (1...Workbench.frameCount).map { String(format: "%06d.png", $0) }
            #expect(try fileNames(in: bench.path("a/b/pictures")) == expected)
        }

        /// The whole photograph, in a video and beside its driver.
        @Test func aFaceGoesBackIntoItsPhotograph() throws {
            let bench = try Workbench()
            let photograph = PixelBuffer.smooth(FrameSize(width: 161, height: 90))
            try PNGFile.write(photograph.asFrame(), to: bench.path("wide.png"))
            let clip = [
                "--avatar", "wide.png", "--avatar-crop", "50,10,70", "--paste", "--driving", "clip.y4m", "--output",
                "pictures", "--contact-sheet", "sheet.png",
            ]
            _ = try bench.animate(clip)
            let pictures = try (1...Workbench.frameCount).map {
                try ImageFile.read(bench.path("pictures/" + String(format: "%06d.png", $0)))
            }
            #expect(pictures.allSatisfy { $0.size == FrameSize(width: 160, height: 90) })
            for picture in pictures {
                #expect(
                    [(49, 40), (120, 40), (80, 9), (80, 80), (0, 0)].allSatisfy { x, y in
                        picture.pixel(x, y) == photograph.pixel(x, y)
                    })
            }
            #expect(pictures.contains { $0.pixel(85, 45) != photograph.pixel(85, 45) }, "and the face was painted")
            #expect(try ImageFile.read(bench.path("sheet.png")).size == FrameSize(width: 8 * 114, height: 128))
        }

        @Test func everyOutputIsWritten() throws {
            let bench = try Workbench()
            let piped = try bench.animate(Self.clip + ["--output", "one.y4m", "--output", "two.y4m", "--output", "-"])
            #expect(try readFile(bench.path("one.y4m")) == piped)
            #expect(try readFile(bench.path("two.y4m")) == piped)
            #expect(try bench.newNames() == ["one.y4m", "two.y4m"])
        }

        @Test func framesLimitsAndFpsRetimes() throws {
            let bench = try Workbench()
            let output = try bench.animate(Self.clip + ["--frames", "4", "--fps", "30000/1001", "--output", "-"])
            #expect(countY4MFrames(output) == 4)
            #expect(output.starts(with: "YUV4MPEG2 W64 H64 F30000:1001 ".utf8))
            // More frames than there are is no mistake.
            #expect(countY4MFrames(try bench.animate(Self.clip + ["--frames", "99", "--output", "-"])) == 10)
        }

        /// `animate --output - | animate --driving -` gives what two steps over a file give.
        @Test func pipesCompose() throws {
            let bench = try Workbench()
            try bench.animate(Self.clip + ["--output", "half.y4m"])
            let expected = try bench.animate(["--avatar", "face.png", "--driving", "half.y4m", "--output", "-"])
            let pipe = Pipe.ofOurOwn()
            let first = try bench.start(
                ["animate"] + Workbench.tiny + Self.clip + ["--output", "-"],
                output: pipe.fileHandleForWriting.fileDescriptor)
            let second = try bench.start(
                ["animate"] + Workbench.tiny + ["--avatar", "face.png", "--driving", "-", "--output", "-"],
                input: pipe.fileHandleForReading.fileDescriptor)
            try pipe.fileHandleForWriting.close()
            try pipe.fileHandleForReading.close()
            expectSuccess(try first.wait(), ["first"])
            let result = try second.wait()
            expectSuccess(result, ["second"])
            #expect(result.output == expected)
        }

        /// What comes through a pipe cannot be looked through for a face before it is used.
        @Test func aPipeThatShowsNoFaceAtFirst() throws {
            let bench = try Workbench()
            let usual = ["animate", "--avatar", Workbench.portrait, "--crop", "center"]
            // The test camera begins to move after a second.
            let driver = try bench.run(["animate", "--frames", "50", "--output", "-"]).output
            let header = try #require(driver.firstIndex(of: 10)) + 1
            let frame = (driver.count - header) / 50
            let grey = Array("FRAME\n".utf8) + [UInt8](repeating: 128, count: frame - 6)
            func stream(_ count: Int, _ faces: Bool) -> [UInt8] {
                driver[..<header] + (0..<count).flatMap { _ in grey } + (faces ? driver.suffix(6 * frame) : [])
            }
            func piped(_ bytes: [UInt8], _ options: [String] = []) throws -> PuppetProcess.Result {
                try bench.write(bytes, "piped.y4m")
                let file = try FileHandle(forReadingFrom: URL(filePath: bench.path("piped.y4m")))
                return try bench.run(usual + ["--driving", "-", "--output", "-"] + options, input: file.fileDescriptor)
            }
            let late = try piped(stream(5, true))
            #expect(late.line == "puppet: standard input: calibrated on frame 5", "\(late.errors)")
            let pictures = (0..<11).map { late.output[(header + $0 * frame)..<(header + ($0 + 1) * frame)] }
            let isStill = pictures.prefix(5).allSatisfy { $0.elementsEqual(pictures[0]) }
            let moves = Set(pictures.dropFirst(5).map { $0.hashValue }).count > 3
            #expect(isStill && moves, "as it is, and from the first face on as that does")
            let never = try piped(stream(3, false))
            #expect(
                never.line
                    == "puppet: standard input: its first 3 frames show no face: the avatar stands still there, and "
                    + "follows whatever comes then")
            let held = try piped(stream(3, false), ["--on-lost", "hold"])
            #expect(held.line == "puppet: standard input: no face is seen in it: the avatar stands still")
            let sought = try piped(stream(5, true), ["--crop", "auto"])
            #expect(
                sought.line?.contains(
                    "standard input: cannot be looked through for a face before it is used (--crop auto)")
                    == true)
            let asked = try bench.run(
                usual + ["--driving", "piped.y4m", "--calibration-frame", "1", "--output", "null"])
            #expect(
                asked.line
                    == "puppet: piped.y4m: frame 1, which it is calibrated on, shows no face: the avatar may stand still, or be torn"
            )
        }

        /// Less work makes other pictures, and the same ones every time.
        @Test func qualityIsWhatWasAskedFor() throws {
            let bench = try Workbench()
            func pictures(_ quality: String...) throws -> [UInt8] {
                _ = try bench.animate(Self.clip + ["--output", "out.y4m", "--force"] + quality)
                return try readFile(bench.path("out.y4m"))
            }
            let best = try pictures()
            #expect(try pictures("--quality", "1") == best)
            let soft = try pictures("--quality", "0")
            #expect(soft != best && soft.count == best.count)
            #expect(try pictures("--quality", "0") == soft)
        }

        @Test func statsAreAJSONObjectALine() throws {
            let bench = try Workbench()
            #expect(try bench.animate(Self.clip + ["--output", "null", "--stats", "stats.jsonl"]).isEmpty)
            let lines = try String(contentsOfFile: bench.path("stats.jsonl"), encoding: .utf8).split(separator: "\n")
            #expect(lines.count == Workbench.frameCount)
            let keys: Set = [
                "frame", "captured_ms", "detect_ms", "dense_motion_ms", "generate_ms", "rendered_ms", "latency_ms",
                "outputs", "fates", "frames_in", "frames_out", "dropped", "quality", "computed",
            ]
            for (index, line) in lines.enumerated() {
                let object = try #require(
                    JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "line \(index + 1): \(line)")
                #expect(Set(object.keys) == keys, "line \(index + 1)")
                #expect(object["frame"] as? Int == index)
                let times = ["detect_ms", "dense_motion_ms", "generate_ms"].compactMap { object[$0] as? Double }
                let latency = try #require(object["latency_ms"] as? Double)
                #expect(times.allSatisfy { $0 >= 0 } && times.reduce(0, +) <= latency + 0.01, "\(line)")
            }
        }

        /// Fused multiply-add and other orders of summing may round a level up or down.
        @Test func instructionSetsAgree() throws {
            let bench = try Workbench()
            let sets = InstructionSet.supported.map(\.name)
            let missing = InstructionSet.names.filter { !sets.contains($0) }
            if !missing.isEmpty { print("this CPU has no \(missing.joined(separator: ", ")): not compared") }
            for name in sets { try bench.animate(Self.clip + ["--isa", name, "--output", name]) }
            for name in sets.dropFirst() {
                for picture in try fileNames(in: bench.path(sets[0])) {
                    let expected = try ImageFile.read(bench.path("\(sets[0])/\(picture)"))
                    let actual = try ImageFile.read(bench.path("\(name)/\(picture)"))
                    let difference = actual.maximumDifference(from: expected)
                    #expect(difference <= 1, "\(name), \(picture): off by \(difference)")
                }
            }
        }

        /// Calibrating on frame N is calibrating on the first frame of a video that starts with it.
        @Test func theCalibrationFrameIsTheOneThatComesFirstOtherwise() throws {
            let bench = try Workbench()
            for folder in ["driving", "reordered"] { try makeFolder(bench.path(folder)) }
            for index in 0..<6 {
                let picture = PixelBuffer(FrameSize(square: Workbench.side)) { x, y in
                    let bump = max(0, 900 - (x - 20 - 4 * index) * (x - 20 - 4 * index) - (y - 30) * (y - 30)) / 6
                    return (UInt8(60 + bump), UInt8(50 + bump / 2 + y), UInt8(90 + x))
                }
                try PNGFile.write(picture.asFrame(), to: bench.path("driving/\(index).png"))
                try PNGFile.write(picture.asFrame(), to: bench.path("reordered/\(index + 1).png"))
                if index == 4 { try PNGFile.write(picture.asFrame(), to: bench.path("reordered/0.png")) }
            }
            let avatar = ["--avatar", "face.png", "--driving"]
            let chosen = try bench.animate(avatar + ["driving", "--calibration-frame", "4", "--output", "-"])
            let first = try bench.animate(avatar + ["reordered", "--output", "-"])
            let usual = try bench.animate(avatar + ["driving", "--output", "-"])
            #expect(countY4MFrames(first) == 7)
            #expect(chosen.suffix(6 * Workbench.frameBytes) == first.suffix(6 * Workbench.frameBytes))
            #expect(chosen != usual, "the calibration frame makes no difference")
            let best = try bench.animate(avatar + ["driving", "--calibration-frame", "best", "--output", "-"])
            #expect(countY4MFrames(best) == 6)
        }

        @Test func modelsByName() throws {
            let bench = try Workbench()
            try makeFolder(bench.path("data/puppet/models"))
            try FileManager.default.copyItem(
                atPath: Workbench.fixture.path, toPath: bench.path("data/puppet/models/small.safetensors"))
            let arguments =
                ["animate", "--model", "small", "--size", "\(Workbench.side)"] + Workbench.unseeing + Self.clip
                + ["--output", "-"]
            let expected = try bench.animate(Self.clip + ["--output", "-"])
            for environment in [["XDG_DATA_HOME": bench.path("data")], ["HOME": bench.path("home")]] {
                if environment["HOME"] != nil {
                    try makeFolder(bench.path("home/.local"))
                    try FileManager.default.createSymbolicLink(
                        atPath: bench.path("home/.local/share"), withDestinationPath: bench.path("data"))
                }
                let result = try bench.run(arguments, environment: environment)
                expectSuccess(result, arguments)
                #expect(result.output == expected)
            }
        }

        @Test func otherVideoThroughFFmpeg() throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            try bench.animate(Self.clip + ["--output", "out.mp4"])
            let back = try bench.animate(["--avatar", "face.png", "--driving", "out.mp4", "--output", "-"])
            #expect(countY4MFrames(back) == Workbench.frameCount)
            #expect(try bench.newNames() == ["out.mp4"])
        }

        /// As a folder has them that was unpacked from an old archive.
        @Test func namesThatAreNoText() throws {
            let bench = try Workbench()
            func name(_ bytes: UInt8..., ending: String) -> String {
                bench.url.path + "/" + String(fileName: bytes + Array(ending.utf8))
            }
            let (face, clip, video) = (
                name(0x66, 0xE9, ending: ".png"), name(0xFF, ending: ".y4m"), name(0xC0, ending: ".y4m")
            )
            for (from, to) in [("face.png", face), ("clip.y4m", clip)] {
                let file = try AtomicFile(path: to)
                try file.write(readFile(bench.path(from)))
                try file.commit()
            }
            let arguments = ["animate"] + Workbench.tiny + ["--avatar", face, "--driving", clip, "--output"]
            let result = try bench.run(arguments + [video])
            #expect(result.ending == .exited(0))
            #expect(result.errors == "puppet: \(bench.url.path)/?.y4m: 10 frames, 0.4 s\n")
            #expect(fileSize(video) ?? 0 > 60_000)
            let again = try bench.run(arguments + [face])
            #expect(again.ending == .exited(64), "it is what is read")
            #expect(again.line?.contains("f?.png: that is what --avatar reads") == true, "\(again.errors)")
        }

        @Test(arguments: ["animate", "run"])
        func theSoundOfTheDriverIsKept(_ command: String) throws {
            guard hasFFmpeg else { return }
            let bench = try Workbench()
            let sound = ["-f", "lavfi", "-i", "sine=f=440:r=44100:d=0.4", "-shortest", "-c:a", "aac"]
            let made = Program("ffmpeg")?.run(
                ["-v", "error", "-i", bench.path("clip.y4m")] + sound + [bench.path("loud.mp4")])
            try #require(made?.ending == .exited(0))
            func hasSound(_ name: String) -> Bool {
                Program("ffmpeg")?.run(["-v", "quiet", "-i", bench.path(name), "-map", "0:a", "-f", "null", "-"]).ending
                    == .exited(0)
            }
            let arguments = [command] + Workbench.tiny + ["--driving", "loud.mp4", "--output"]
            expectSuccess(try bench.run(arguments + ["kept.mp4"]), arguments)
            expectSuccess(try bench.run(arguments + ["silent.mp4", "--no-audio"]), arguments)
            #expect(hasSound("kept.mp4") && !hasSound("silent.mp4"))
            #expect(try bench.newNames() == ["kept.mp4", "loud.mp4", "silent.mp4"])
        }

        @Test func saysWhatWasWritten() throws {
            let bench = try Workbench()
            let arguments =
                ["animate"] + Workbench.tiny + Self.clip + ["--output", "a.y4m", "--output", "null", "--output", "b"]
            let result = try bench.run(arguments)
            #expect(result.ending == .exited(0))
            #expect(result.errors == "puppet: a.y4m: 10 frames, 0.4 s\npuppet: b: 10 frames, 0.4 s\n")
        }
    }
}
