import Foundation
import TestSupport
import Testing

@testable import Checkpoints
@testable import FOMMCore

@Suite("Checkpoints become models")
struct ConversionTests {
    /// The model file that a checkpoint becomes.
    private func convert(
        _ bytes: [UInt8], half: Bool = false, metadata: [String: String] = [:]
    ) throws -> [UInt8] {
        try withFile(bytes) { file in
            var output: [UInt8] = []
            var told = 0
            let conversion = try CheckpointConversion(Checkpoint(file), half: half)
            try conversion.write(metadata: metadata, to: { output += $0 }) { told = $0 }
            #expect(told == conversion.size)
            return output
        }
    }

    private func bytes(_ model: SafetensorsFile) -> [UInt8] { Array(model.file.bytes) }

    private func values(_ model: SafetensorsFile) -> [String: [Float]] {
        model.tensors.mapValues { tensor in
            model.file.bytes[tensor.range].withUnsafeBytes { bytes in
                tensor.type == .float32
                    ? Array(bytes.bindMemory(to: Float.self)) : bytes.bindMemory(to: Float16.self).map { Float($0) }
            }
        }
    }

    @Test(arguments: Fixture.all.filter { $0.name.hasPrefix("tiny") }, CheckpointBuilder.Container.allCases)
    func theNumbersAreTheSame(_ fixture: Fixture, _ container: CheckpointBuilder.Container) throws {
        let original = try SafetensorsFile(fixture.weights)
        let builder = CheckpointBuilder(model: bytes(original), prefix: "module.")
        let output = try convert(builder.build(container), metadata: ["puppet.align_corners": "false"])
        try withFile(output) { file in
            let model = try SafetensorsFile(file)
            #expect(values(model) == values(original))
            #expect(model.shapes == original.shapes)
            let network = try FOMMModel(file, frameSize: fixture.frameSize)
            #expect(!network.configuration.alignCorners)
        }
    }

    @Test func halfKeepsStatisticsWhole() throws {
        let original = try SafetensorsFile(Fixture.tiny.weights)
        try withFile(convert(CheckpointBuilder(model: bytes(original)).stream(), half: true)) { file in
            let model = try SafetensorsFile(file)
            for (name, tensor) in model.tensors {
                #expect(tensor.type == (tensor.shape.count == 4 ? .float16 : .float32), "\(name)")
            }
            let (found, expected) = (values(model), values(original))
            for (name, values) in expected {
                for (one, other) in zip(found[name] ?? [], values) {
                    #expect(abs(one - other) <= 0x1p-11 * abs(other) + 0x1p-24, "\(name)")
                }
            }
            _ = try FOMMModel(file, frameSize: 64)
        }
    }

    @Test func halvesAndBrainFloatsAreRead() throws {
        let original = try SafetensorsFile(Fixture.tiny.weights)
        let half = CheckpointBuilder(model: bytes(original)) { _, values in
            ("HalfStorage", values.flatMap { littleEndian(Float16($0).bitPattern) })
        }
        let brain = CheckpointBuilder(model: bytes(original)) { _, values in
            ("BFloat16Storage", values.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) })
        }
        let expected = values(original)
        let halves = try withFile(convert(half.build(.archive))) { values(try SafetensorsFile($0)) }
        let brains = try withFile(convert(brain.build(.archive))) { values(try SafetensorsFile($0)) }
        for (name, values) in expected {
            #expect(halves[name] == values.map { Float(Float16($0)) }, "\(name)")
            #expect(brains[name] == values.map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }, "\(name)")
        }
    }

    @Test func whatIsNoNumberIsRefused() throws {
        let original = try SafetensorsFile(Fixture.tiny.weights)
        let spoiled = "generator.bottleneck.r0.conv1.weight"
        func line(_ value: Float, half: Bool) -> String? {
            let builder = CheckpointBuilder(model: bytes(original)) { name, values in
                ("FloatStorage", Self.floats(values, ending: name == spoiled ? value : nil))
            }
            return failureLine { _ = try convert(builder.stream(), half: half) }
        }
        #expect(
            line(.nan, half: false)
                == "model.pth.tar: tensor \(spoiled): contains NaN or infinity; the checkpoint is damaged")
        #expect(line(.infinity, half: true)?.contains("NaN or infinity") == true)
        #expect(line(1e6, half: true)?.contains("beyond what float16 holds; import it without --half") == true)
        #expect(line(1e6, half: false) == nil)
    }

    private static func floats(_ values: [Float], ending last: Float?) -> [UInt8] {
        CheckpointBuilder.floats(last.map { values.dropLast() + [$0] } ?? values)
    }

    @Test func checksumsAreVerified() throws {
        var zip = CheckpointBuilder(model: Array(Fixture.tiny.weights.bytes)).zip()
        zip.entries[20].checksum = crc32(zip.entries[20].contents) ^ 1
        let line = failureLine { _ = try convert(zip.build()) }
        #expect(line?.contains("the checksum of archive/data/") == true, "\(line ?? "accepted")")
    }
}

@Suite("What a model is, from its tensors' shapes")
struct ModelArchitectureTests {
    @Test(arguments: Fixture.all)
    func agreesWithTheNetworks(_ fixture: Fixture) throws {
        let architecture = try ModelArchitecture(shapes: SafetensorsFile(fixture.weights).shapes, file: "model")
        let model = try fixture.model(.best)
        #expect(architecture.keypoints == model.keypointCount)
        #expect(architecture.jacobianMaps == model.detector.jacobianMapCount)
        #expect(architecture.hasOcclusionMap == model.dense.hasOcclusionMap)

        let detector = FrameDetector(model, threads: 1)
        let generator = FrameGenerator(model, threads: 1)
        detector.timeLayers()
        generator.timeLayers()
        var pixels = [UInt8](repeating: 100, count: 3 * model.frameSize * model.frameSize)
        let context = fixture.sourceContext(model)
        let keypoints = pixels.withUnsafeBytes { detector.detect(rgb8: $0) }
        let motion = generator.denseMotion(context, showing: keypoints)
        _ = pixels.withUnsafeMutableBytes { generator.generate(context, motion, into: $0) }
        let measured = (detector.layerTimes + generator.layerTimes).reduce(0) { $0 + $1.products }
        let computed = architecture.multiplyAdds(frameSize: model.frameSize)
        #expect(abs(computed / measured - 1) < 0.05, "\(computed) computed, \(measured) by the layers")
    }

    @Test(arguments: WeightFileTests.Damage.all)
    func refusesWhatTheNetworksDo(_ damage: WeightFileTests.Damage) throws {
        var file = try WeightFile()
        try damage.apply(&file)
        let isAboutShapes: Set<WeightError.Code> = [.missingTensor, .wrongShape, .extraTensor, .unsupportedModel]
        let shapes = try withFile(Array(file.bytes())) { try? SafetensorsFile($0).shapes }
        guard isAboutShapes.contains(damage.code), let shapes else { return }
        let error = #expect(throws: WeightError.self) { _ = try ModelArchitecture(shapes: shapes, file: "model") }
        #expect(error?.code == damage.code, "\(damage)")
    }
}

@Suite("Hashes and checksums against their standards")
struct HashTests {
    /// A text, so many times over, and its hashes.
    struct Vector: CustomTestStringConvertible {
        let text: String
        let count: Int
        let sha256: String
        let md5: String

        init(_ text: String, count: Int = 1, sha256: String, md5: String) {
            self.text = text
            self.count = count
            self.sha256 = sha256
            self.md5 = md5
        }

        var testDescription: String { "\(count) times \"\(text)\"" }
    }

    /// FIPS 180-4 and RFC 1321, and lengths around a block.
    private static let vectors = [
        Vector(
            "", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            md5: "d41d8cd98f00b204e9800998ecf8427e"
        ),
        Vector(
            "abc", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            md5: "900150983cd24fb0d6963f7d28e17f72"
        ),
        Vector(
            "message digest", sha256: "f7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650",
            md5: "f96b697d7cb7938d525a2f31aaf161d0"
        ),
        Vector(
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            sha256: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            md5: "8215ef0796a20bcaaae116d3876c664a"
        ),
        Vector(
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            sha256: "f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e",
            md5: "57edf4a22be3c955ac49da2e2107b67a"
        ),
        Vector(
            "a", count: 1_000_000,
            sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            md5: "7707d6ae4e027c70eea2a935c2296f21"
        ),
        // More than a file is read at a time.
        Vector(
            "a", count: 10_000_000,
            sha256: "01f4a87c04b40af59aadc0e812293509709c9a8763a60b7f9e19303322f8b03c",
            md5: "7095bae098259e0dda4b7acc624de4e2"
        ),
    ]

    @Test(arguments: vectors)
    func standardVectors(_ vector: Vector) {
        let bytes = Array(String(repeating: vector.text, count: vector.count).utf8)
        var told: [Int] = []
        bytes.withUnsafeBytes { bytes in
            let file = MappedFile(name: "vector", borrowing: bytes)
            #expect(file.sha256 { told.append($0) } == vector.sha256, "\(bytes.count) bytes")
            #expect(file.md5() == vector.md5, "\(bytes.count) bytes")
        }
        #expect(told == told.sorted() && told.last ?? 0 == bytes.count, "\(told)")
    }

    @Test func checksumOfZip() {
        for bytes in [[], Array("123456789".utf8), (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }] {
            #expect(bytes.withUnsafeBytes { ZipArchive.checksum(of: $0) } == crc32(bytes))
        }
        #expect(crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    }
}
