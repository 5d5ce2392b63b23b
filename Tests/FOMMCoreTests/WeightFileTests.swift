import Foundation
import TestSupport
import Testing

@testable import FOMMCore

/// A safetensors file to be damaged.
struct WeightFile {
    var header: [String: Any]
    var data: Data

    /// The tiny fixture's.
    init() throws {
        let bytes = Data(bytes: Fixture.tiny.weights.bytes.baseAddress!, count: Fixture.tiny.weights.bytes.count)
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let json = try JSONSerialization.jsonObject(with: bytes[8..<8 + length])
        header = try #require(json as? [String: Any])
        data = bytes[(8 + length)...]
    }

    mutating func change(_ tensor: String, _ key: String, to value: Any?) {
        var entry = header[tensor] as? [String: Any] ?? [:]
        entry[key] = value
        header[tensor] = entry
    }

    func bytes() throws -> Data {
        let json = try JSONSerialization.data(withJSONObject: header)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data
    }

    /// What loading it as a model says, and under which code.
    static func failure(_ bytes: Data) -> WeightError? {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        defer { storage.deallocate() }
        bytes.copyBytes(to: storage)
        let file = MappedFile(name: "model", borrowing: UnsafeRawBufferPointer(rebasing: storage[..<bytes.count]))
        do throws(WeightError) {
            _ = try FOMMModel(file, frameSize: 64)
            return nil
        } catch {
            return error
        }
    }
}

@Suite("Weight files that are not what they should be")
struct WeightFileTests {
    static let tensor = "generator.bottleneck.r0.conv1.weight"

    /// A way to spoil the file, the error it must give, and words that its message must have.
    struct Damage: Sendable, CustomStringConvertible {
        let description: String
        let code: WeightError.Code
        let words: [String]
        let apply: @Sendable (inout WeightFile) throws -> Void

        init(
            _ description: String, _ code: WeightError.Code, _ words: [String],
            _ apply: @escaping @Sendable (inout WeightFile) throws -> Void
        ) {
            self.description = description
            self.code = code
            self.words = words
            self.apply = apply
        }

        static let all = [
            Damage("missing tensor", .missingTensor, [tensor, "missing"]) { $0.header[tensor] = nil },
            Damage("missing norm", .missingTensor, ["generator.first.norm.running_var"]) {
                $0.header["generator.first.norm.running_var"] = nil
            },
            Damage("extra tensor", .extraTensor, ["generator.extra"]) {
                let end = $0.data.count
                let entry: [String: Any] = ["dtype": "F32", "shape": [Int](), "data_offsets": [end, end + 4]]
                $0.header["generator.extra"] = entry
                $0.data += Data(count: 4)
            },
            Damage("wrong type", .wrongType, [tensor, "BF16", "F32 or F16"]) { $0.change(tensor, "dtype", to: "BF16") },
            Damage("wrong shape", .wrongShape, [tensor, "[64, 64, 9, 1]", "[64, 64, 3, 3]"]) {
                $0.change(tensor, "shape", to: [64, 64, 9, 1])
            },
            Damage("shape that overflows", .damaged, [tensor, "impossible shape"]) {
                $0.change(tensor, "shape", to: [1 << 40, 1 << 40])
            },
            Damage("negative shape", .damaged, [tensor, "impossible shape"]) {
                $0.change(tensor, "shape", to: [-64, -64, 3, 3])
            },
            Damage("shape and size differ", .damaged, [tensor, "bytes, expected"]) {
                $0.change(tensor, "shape", to: [64, 64, 3, 4])
            },
            Damage("data beyond the end", .damaged, [tensor, "but the file has"]) {
                $0.change(tensor, "data_offsets", to: [1 << 40, (1 << 40) + 147456])
            },
            Damage("data that ends before it starts", .damaged, [tensor]) {
                $0.change(tensor, "data_offsets", to: [147456, 0])
            },
            Damage("one offset", .damaged, [tensor]) { $0.change(tensor, "data_offsets", to: [0]) },
            Damage("overlap", .damaged, ["overlaps tensor"]) {
                let other = $0.header["generator.bottleneck.r0.conv2.weight"] as? [String: Any]
                $0.change(tensor, "data_offsets", to: other?["data_offsets"])
            },
            Damage("no shape", .notSafetensors, ["shape"]) { $0.change(tensor, "shape", to: nil) },
            Damage("offsets as text", .notSafetensors, []) { $0.change(tensor, "data_offsets", to: "0-4") },
            Damage("a model of another kind", .missingTensor, ["kp_detector", "another architecture"]) {
                $0.header = ["vae.weight": $0.header[tensor]!]
            },
            Damage("not finite", .notFinite, ["NaN or infinity"]) {
                $0.data[$0.data.startIndex..<$0.data.startIndex + 4] = Data([0, 0, 0xC0, 0x7F])
            },
            Damage("align_corners that is neither", .damaged, ["puppet.align_corners", "maybe"]) {
                $0.header["__metadata__"] = ["puppet.align_corners": "maybe"]
            },
            Damage("configuration that is no JSON", .damaged, ["puppet.config"]) {
                $0.header["__metadata__"] = ["puppet.config": "{"]
            },
            Damage("temperature 0", .damaged, ["temperature 0"]) {
                $0.header["__metadata__"] = ["puppet.config": "{\"kp\": {\"temperature\": 0}}"]
            },
        ]
    }

    @Test(arguments: Damage.all)
    func isRefusedWithItsReason(_ damage: Damage) throws {
        var file = try WeightFile()
        #expect(WeightFile.failure(try file.bytes()) == nil, "the file was sound before")
        try damage.apply(&file)
        let error = try #require(WeightFile.failure(try file.bytes()), "\(damage) was accepted")
        #expect(error.code == damage.code, "\(damage): \(error)")
        for word in damage.words + ["model: "] {
            #expect(error.description.contains(word), "\(damage): \"\(error)\" lacks \"\(word)\"")
        }
        #expect(!error.description.contains("\n"), "\(damage): more than a line: \(error)")
    }

    @Test func truncationIsNoticedAnywhere() throws {
        let whole = try WeightFile().bytes()
        let header = whole.withUnsafeBytes { 8 + Int($0.loadUnaligned(as: UInt64.self)) }
        let lengths = Array(0..<64) + stride(from: 64, to: header, by: 97) + [header - 1, header, whole.count - 1]
        for length in lengths {
            #expect(WeightFile.failure(whole.prefix(length)) != nil, "\(length) bytes were accepted")
        }
    }

    @Test(arguments: [UInt64.max, UInt64.max - 7, 1 << 63, 1 << 40])
    func headerLengthIsNotBelieved(_ length: UInt64) throws {
        var bytes = try WeightFile().bytes()
        bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Data($0) })
        #expect(WeightFile.failure(bytes)?.code == .notSafetensors)
    }

    @Test func filesThatCannotBeMapped() throws {
        let folder = try TemporaryFolder()
        func code(_ path: String) -> WeightError.Code? {
            do throws(WeightError) {
                _ = try MappedFile(path: path)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(folder.path("missing.safetensors")) == .cannotOpen)
        #expect(code(folder.url.path) == .cannotOpen, "a folder")
        try Data().write(to: folder.url.appending(path: "empty"))
        #expect(code(folder.path("empty")) == .damaged)
    }

    @Test(arguments: [63, 40, 8, 4096])
    func frameSizesThatDoNotFit(_ size: Int) throws {
        #expect(throws: WeightError.self, "\(size)") { try FOMMModel(Fixture.tiny.weights, frameSize: size) }
    }

    @Test func otherFrameSizesFit() throws {
        for size in [32, 96, 256] {
            let model = try FOMMModel(Fixture.tiny.weights, frameSize: size)
            let detector = FrameDetector(model, threads: 2)
            let generator = FrameGenerator(model, threads: 2)
            var pixels = [UInt8](repeating: 100, count: 3 * size * size)
            let context = pixels.withUnsafeBytes { SourceContext(rgb8: $0, detector) }
            let motion = generator.denseMotion(context, showing: context.keypoints)
            _ = pixels.withUnsafeMutableBytes { generator.generate(context, motion, into: $0) }
            #expect(pixels.contains { $0 != 100 }, "\(size)")
        }
    }
}
