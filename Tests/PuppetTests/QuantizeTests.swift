import FOMMCore
import Foundation
import Frames
import TestSupport
import Testing

extension PuppetTests {
    @Suite("int8: puppet model quantize and --precision", .enabled(if: InstructionSet.best.hasInt8, "no int8 kernels"))
    struct Quantize {
        private static let quantize = [
            "model", "quantize", "--driving", "clip.y4m", "--avatar", "face.png", "--model", "tiny.safetensors",
        ]

        /// Scales and quality go into the file, everything else stays, and what was there of the kind is replaced.
        @Test func storesScalesWithTheModel() throws {
            let bench = try Workbench()
            let result = try bench.run(Self.quantize + ["--output", "scaled.safetensors", "--json"])
            expectSuccess(result, Self.quantize)
            let report = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            let quality = try #require(report["quality"] as? [[String: Any]])
            let psnr = quality.compactMap { $0["lowest_psnr"] as? Double }
            #expect(psnr.allSatisfy { $0 > 30 }, "int8 against float32 with random weights: \(psnr) dB")
            let kinds = Set(InstructionSet.supported.filter(\.hasInt8).map(\.int8Levels)).sorted(by: >)
            #expect(quality.map { $0["levels"] as? Int } == kinds)
            #expect(
                quality.allSatisfy { ($0["keypoint_distance"] as? Double).map { $0 <= 0.1 } ?? false }, "\(quality)")
            #expect(report["pictures"] as? Int == Workbench.frameCount)

            let before = try SafetensorsFile(MappedFile(path: bench.path("tiny.safetensors")))
            let after = try SafetensorsFile(MappedFile(path: bench.path("scaled.safetensors")))
            let stored = Set(after.inventory.map(\.name)).subtracting(before.inventory.map(\.name))
            #expect(!stored.isEmpty && stored.allSatisfy { $0.hasPrefix("puppet.ranges.") }, "\(stored)")
            for tensor in before.inventory {
                #expect(
                    before.bytes(of: tensor).elementsEqual(after.bytes(of: tensor)), "\(tensor.name) is another now")
            }
            let figures = psnr.map { "\(($0 * 10).rounded() / 10)" }
            #expect(after.metadata["puppet.int8_psnr"] == figures.joined(separator: " "))
            #expect(after.metadata["puppet.int8_levels"] == kinds.map { "\($0)" }.joined(separator: " "))
            for (key, value) in before.metadata { #expect(after.metadata[key] == value) }
            let models = try ["tiny", "scaled"].map {
                try FOMMModel(MappedFile(path: bench.path("\($0).safetensors")), frameSize: Workbench.side)
            }
            #expect(models[0].fingerprint == models[1].fingerprint, "calibrations made with the model stay valid")
            #expect(!models[0].hasRanges && models[1].hasRanges)

            let told = try bench.run(["model", "info", "scaled.safetensors"])
            #expect(
                String(decoding: told.output, as: UTF8.self).contains(
                    "PSNR against float32 at least \(figures[0]) dB with \(kinds[0]) steps"))

            let again = ["model", "quantize", "--driving", "clip.y4m", "--model", "scaled.safetensors"]
            expectSuccess(try bench.run(again), again)
            let replaced = try SafetensorsFile(MappedFile(path: bench.path("scaled.safetensors")))
            #expect(replaced.inventory.map(\.name) == after.inventory.map(\.name))
            #expect(try bench.newNames() == ["scaled.safetensors"])
        }

        /// Several clips, one of which comes through a pipe and can be read once.
        @Test func takesClipsAndAPipe() throws {
            let bench = try Workbench()
            let pipe = Pipe.ofOurOwn()
            let arguments = Self.quantize + ["--driving", "-", "--driving", "test", "--frames", "4", "--json"]
            let run = try bench.start(arguments, input: pipe.fileHandleForReading.fileDescriptor)
            try pipe.fileHandleForReading.close()
            try pipe.fileHandleForWriting.write(contentsOf: Data(readFile(bench.path("clip.y4m"))))
            try pipe.fileHandleForWriting.close()
            let result = try run.wait()
            expectSuccess(result, arguments)
            let report = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
            #expect(report["pictures"] as? Int == 12)
        }

        @Test func anotherFileIsReplacedOnlyWhenToldTo() throws {
            let bench = try Workbench()
            try bench.write(Array("precious".utf8), "other.safetensors")
            let onto = Self.quantize + ["--output", "other.safetensors"]
            let refused = try bench.run(onto)
            #expect(refused.ending == .exited(1))
            #expect(
                refused.errors.contains("other.safetensors: ") && refused.errors.contains("say --force"),
                "\(refused.errors)")
            #expect(try readFile(bench.path("other.safetensors")) == Array("precious".utf8))
            expectSuccess(try bench.run(onto + ["--force"]), onto)
            expectSuccess(try bench.run(Self.quantize + ["--output", "./tiny.safetensors"]), onto)
        }

        /// Without scales they are found for every picture, and a note says so.
        @Test func int8WorksWithAndWithoutScales() throws {
            let bench = try Workbench()
            let run = ["animate", "--size", "64", "--driving", "clip.y4m", "--avatar", "face.png", "--output", "-"]
            expectSuccess(try bench.run(Self.quantize + ["--output", "scaled.safetensors"]), Self.quantize)
            let exact = try bench.run(run + ["--model", "tiny.safetensors"])
            let byDefault = try bench.run(run + ["--model", "scaled.safetensors"])
            #expect(byDefault.output == exact.output, "animate is float32 unless it is told otherwise")
            let fixed = try bench.run(run + ["--model", "scaled.safetensors", "--precision", "int8"])
            let dynamic = try bench.run(run + ["--model", "tiny.safetensors", "--precision", "int8"])
            for (name, result) in [("stored scales", fixed), ("no scales", dynamic)] {
                #expect(result.ending == .exited(0) && result.output.count == exact.output.count, "\(name)")
                #expect(result.output != exact.output, "\(name): the same bytes as float32")
                let psnr = Self.psnr(exact.output, result.output)
                #expect(psnr > 30, "\(name): \(psnr) dB")
            }
            #expect(fixed.errors == "")
            #expect(dynamic.errors.contains("has no int8 scales"))
            let again = try bench.run(run + ["--model", "scaled.safetensors", "--precision", "int8"])
            #expect(again.output == fixed.output, "the same input gives the same bytes")
        }

        /// The default model in int8, which `auto` takes on CPUs that are faster with it: close to float32 on a face that
        /// moves, and still where the driver is still but for the camera's noise.
        @Test func theDefaultModelIsCloseAndStill() throws {
            let bench = try Workbench()
            let moving = ["animate", "--driving", "test", "--frames", "24", "--output", "-"]
            let exact = try bench.run(moving)
            let quantised = try bench.run(moving + ["--precision", "int8"])
            expectSuccess(quantised, moving)
            let psnr = Self.psnr(exact.output, quantised.output)
            #expect(psnr >= 38, "\(psnr) dB")

            let portrait = try ImageFile.read(Workbench.portrait)
            var random = SeededRandom(seed: 1)
            let noisy = PixelBuffer(size: portrait.size) { output in
                portrait.withBytes { bytes in
                    for index in output.indices {
                        output[index] = UInt8(clamping: Int(bytes[index]) + Int.random(in: -2...2, using: &random))
                    }
                }
            }
            try makeFolder(bench.path("still"))
            try bench.write(PNGFile.encode(portrait), "still/1.png")
            try bench.write(PNGFile.encode(noisy), "still/2.png")
            let still = ["animate", "--driving", "still", "--frames", "2", "--output", "-", "--precision", "int8"]
            let frames = try bench.run(still)
            expectSuccess(frames, still)
            let size = 6 + 256 * 256 * 3 / 2
            let (first, second) = (frames.output.suffix(2 * size).prefix(size), frames.output.suffix(size))
            let flicker = Self.psnr(Array(first.dropFirst(6)), Array(second.dropFirst(6)))
            #expect(flicker >= 45, "a still driver: \(flicker) dB from one picture to the next")
        }

        @Test func isOneLineWhenItCannotBe() throws {
            let bench = try Workbench()
            let cases: [([String], PuppetProcess.Ending, String)] = [
                (
                    [
                        "animate", "--driving", "clip.y4m", "--output", "null", "--isa", "portable", "--precision",
                        "int8",
                    ],
                    .exited(64), "--precision int8: portable has no kernels for it"
                ),
                (["model", "quantize", "--driving", "clip.y4m"], .exited(64), "quantize: the model in the program"),
                (Self.quantize + ["--frames", "0"], .exited(64), "--frames 0: expected 1 to 1000"),
                (
                    Self.quantize + ["--output", "no/such/folder/m.safetensors"], .exited(1),
                    "no/such/folder/m.safetensors: "
                ),
            ]
            for (arguments, ending, line) in cases {
                let result = try bench.run(arguments)
                #expect(result.ending == ending, "\(arguments)")
                #expect(result.line?.hasPrefix("puppet: " + line) == true, "\(result.errors)")
            }
            #expect(try bench.newNames() == [])
        }

        private static func psnr(_ a: [UInt8], _ b: [UInt8]) -> Double {
            let squares = zip(a, b).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
            return 10 * log10(255 * 255 * Double(a.count) / Double(max(squares, 1)))
        }
    }
}
