import TestSupport
import Testing

@testable import Checkpoints
@testable import FOMMCore

/// The tensors of a checkpoint, or why it is refused.
func readCheckpoint(_ bytes: [UInt8]) throws -> [String: [Float]] {
    try withFile(bytes) { file in
        let checkpoint = try Checkpoint(file)
        return try checkpoint.tensors.mapValues { tensor in
            try checkpoint.verify(tensor)
            return TensorElements(tensor, in: file.bytes).read(0..<tensor.elementCount)
        }
    }
}

@Suite("Checkpoints are read as PyTorch writes them")
struct CheckpointTests {
    typealias Container = CheckpointBuilder.Container

    private static let expected: [String: [Float]] = [
        "generator.weight": [1, 2, 3, 4], "kp_detector.bias": [5, 6, 7],
    ]

    @Test(arguments: Container.allCases, 2...5)
    func everyProtocol(_ container: Container, _ version: Int) throws {
        var builder = CheckpointBuilder.small
        builder.version = version
        #expect(try readCheckpoint(builder.build(container)) == Self.expected)
    }

    @Test func bitsOf64InTheDirectory() throws {
        var builder = CheckpointBuilder.small
        builder.isZip64 = true
        #expect(try readCheckpoint(builder.build(.archive)) == Self.expected)
    }

    /// PyTorch 1.6 to 2.0 calls the archive's folder after the file.
    @Test(arguments: ["网络", "маска лица", "été", String(repeating: "顔", count: 120)])
    func aFolderInAnyScript(_ name: String) throws {
        var builder = CheckpointBuilder.small
        builder.archiveName = name
        #expect(try readCheckpoint(builder.build(.archive)) == Self.expected)
    }

    @Test func theInsideOfACheckpointIsNone() throws {
        let archive = CheckpointBuilder.small.build(.archive)
        let inside = try archive.withUnsafeBytes { bytes in
            let entry = try #require(ZipArchive(bytes, file: "a").entries["archive/data.pkl"])
            return Array(bytes[entry.range])
        }
        let line = failureLine { _ = try readCheckpoint(inside) }
        let expected = "the inside of a checkpoint, without its weights; give the .pth.tar"
        #expect(line?.contains(expected) == true, "\(line ?? "")")
    }

    /// A checkpoint of the two networks with one tensor each, the generator's given.
    private func builder(_ tensor: Pickled, _ storages: [CheckpointBuilder.Storage]) -> CheckpointBuilder {
        var builder = CheckpointBuilder.small
        builder.root = .dictionary([
            "generator": .orderedDictionary([(.text("weight"), tensor)]),
            "kp_detector": .orderedDictionary([(.text("bias"), .tensor(.storage("1", 3), shape: [3]))]),
        ])
        builder.storages = storages + [builder.storages[1]]
        return builder
    }

    private static let types: [(String, bytes: [UInt8], values: [Float])] = [
        ("FloatStorage", CheckpointBuilder.floats([0.1, -2, 3]), [0.1, -2, 3]),
        ("DoubleStorage", [0.1, -2, 3].flatMap { littleEndian($0.bitPattern) }, [0.1, -2, 3]),
        ("HalfStorage", [0.5, -2, 65504].flatMap { littleEndian(Float16($0).bitPattern) }, [0.5, -2, 65504]),
        ("BFloat16Storage", [0x3F80, 0xC000, 0x4040].flatMap { littleEndian(UInt16($0)) }, [1, -2, 3]),
        ("LongStorage", [1, -2, 1 << 40].flatMap { littleEndian(Int64($0)) }, [1, -2, 0x1p40]),
        ("IntStorage", [1, -2, 3].flatMap { littleEndian(Int32($0)) }, [1, -2, 3]),
        ("ShortStorage", [1, -2, 3].flatMap { littleEndian(Int16($0)) }, [1, -2, 3]),
        ("CharStorage", [1, 0xFE, 3], [1, -2, 3]),
        ("ByteStorage", [1, 254, 3], [1, 254, 3]),
        ("BoolStorage", [1, 0, 1], [1, 0, 1]),
    ]

    @Test(arguments: Container.allCases, types)
    func everyType(_ container: Container, _ type: (String, bytes: [UInt8], values: [Float])) throws {
        let builder = builder(
            .tensor(.storage("0", 3, type: type.0), shape: [3]), [.init(key: "0", bytes: type.bytes, count: 3)])
        #expect(try readCheckpoint(builder.build(container))["generator.weight"] == type.values, "\(type.0)")
    }

    private static let numbers = (0..<12).map { Float($0) }

    /// Ways to look at the numbers 0 to 11: offset, shape, strides and what is seen.
    private static let views: [(offset: Int, shape: [Int], strides: [Int], values: [Float])] = [
        (0, [3, 4], [4, 1], numbers),
        (0, [4, 3], [1, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
        (5, [2, 2], [4, 1], [5, 6, 9, 10]),
        (11, [1], [1], [11]),
        (3, [], [], [3]),
        (2, [2, 3], [0, 1], [2, 3, 4, 2, 3, 4]),
        (0, [2, 1, 3], [6, 99, 2], [0, 2, 4, 6, 8, 10]),
        (0, [0, 4], [4, 1], []),
    ]

    @Test(arguments: views)
    func stridesAndOffsets(_ view: (offset: Int, shape: [Int], strides: [Int], values: [Float])) throws {
        let builder = builder(
            .tensor(.storage("0", 12), offset: view.offset, shape: view.shape, strides: view.strides),
            [.init(key: "0", bytes: CheckpointBuilder.floats(Self.numbers), count: 12)])
        for container in Container.allCases {
            #expect(try readCheckpoint(builder.build(container))["generator.weight"] == view.values, "\(view)")
        }
    }

    @Test(arguments: Container.allCases)
    func tensorsMayShareAStorage(_ container: Container) throws {
        var builder = CheckpointBuilder.small
        let storage = Pickled.storage("0", 12)
        builder.root = .dictionary([
            "generator": .orderedDictionary([
                (.text("a"), .tensor(storage, shape: [4])), (.text("b"), .tensor(storage, offset: 2, shape: [2])),
            ]),
            "kp_detector": .orderedDictionary([(.text("c"), .tensor(storage, offset: 11, shape: [1]))]),
        ])
        builder.storages = [.init(key: "0", bytes: CheckpointBuilder.floats(Self.numbers), count: 12)]
        #expect(
            try readCheckpoint(builder.build(container)) == [
                "generator.a": [0, 1, 2, 3], "generator.b": [2, 3], "kp_detector.c": [11],
            ])
    }

    @Test func whatElsePyTorchHasWritten() throws {
        // A view of a storage, a GPU's, a parameter instead of a tensor, `_rebuild_tensor`, wrapped networks, Python 2's
        // ordered dictionaries, attributes of dictionaries, and a flat state dictionary.
        var builder = CheckpointBuilder.small
        let view = Pickled.storage("0", 12, device: "cuda:0", view: .tuple([.text("9"), .int(4), .int(4)]))
        let parameter = Pickled.call(
            .global("torch._utils", "_rebuild_parameter"),
            [.tensor(.storage("0", 12, device: "cuda:1"), shape: [2]), .bool(true), .none])
        let early = Pickled.call(
            .global("torch._utils", "_rebuild_tensor"),
            [.storage("0", 12, type: "cuda.FloatStorage"), .int(1), .tuple([.int(1)]), .tuple([.int(1)])])
        builder.root = .orderedDictionary([
            (
                .text("generator"),
                .orderedDictionary(
                    [(.text("module.a"), .tensor(view, offset: 1, shape: [3])), (.text("module.b"), parameter)],
                    attributes: [(.text("_metadata"), .orderedDictionary([]))])
            ),
            (
                .text("kp_detector"),
                .call(
                    .global("collections", "OrderedDict"), [.list([.list([.text("module.c"), early])])])
            ),
            (.text("module.generator.d"), .tensor(.storage("0", 12), offset: 10, shape: [2])),
            (.text("discriminator"), .orderedDictionary([(.text("e"), .tensor(.storage("0", 12), shape: [1]))])),
        ])
        builder.storages = [.init(key: "0", bytes: CheckpointBuilder.floats(Self.numbers), count: 12)]
        #expect(
            try readCheckpoint(builder.stream()) == [
                "generator.a": [5, 6, 7], "generator.b": [0, 1], "kp_detector.c": [1], "generator.d": [10, 11],
            ])
    }

    @Test(arguments: Container.allCases)
    func truncationIsNoticedAtEveryByte(_ container: Container) {
        let whole = CheckpointBuilder.small.build(container)
        for count in 0..<whole.count {
            #expect(throws: WeightError.self, "\(count) of \(whole.count) bytes were accepted") {
                try withFile(Array(whole[..<count])) { _ = try Checkpoint($0) }
            }
        }
    }

    /// One bit anywhere may be anything else; what matters is that reading ends, in an error or in numbers.
    @Test(arguments: Container.allCases)
    func anyBitMayBeWrong(_ container: Container) {
        let whole = CheckpointBuilder.small.build(container)
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                _ = try? readCheckpoint(bytes)
            }
        }
    }

    @Test(arguments: HostileCheckpoint.all)
    func hostileFilesAreRefused(_ file: HostileCheckpoint) {
        let bytes = file.bytes
        let clock = ContinuousClock()
        let took = clock.measure {
            let line = failureLine { _ = try readCheckpoint(bytes) }
            #expect(line?.contains(file.words) == true, "\(file): \(line ?? "accepted")")
            #expect(line?.allSatisfy { $0.isASCII && !$0.isNewline && $0 != "\u{1B}" } == true, "\(file)")
        }
        #expect(took < .seconds(2), "\(file) took \(took)")
    }

    /// Names of tensors, and what the file then is.
    private static let foreign: [([String], String)] = [
        (["kp_detector.fg_encoder.conv1.weight", "dense_motion_network.mask.weight"], "TPSMM"),
        (["region_predictor.regions.weight", "generator.first.conv.weight"], "MRAA"),
        (["appearance_feature_extractor.first.conv.weight"], "LivePortrait"),
        (["detector.fc_kp.weight"], "LivePortrait"),
        (["he_estimator.conv1.weight", "generator.first.weight", "kp_detector.kp.weight"], "face-vid2vid"),
        (["gen.enc.net_app.convs.0.weight"], "LIA"),
        (["generator.appearance_encoder.down.weight", "kp_detector.conv.weight"], "Monkey-Net"),
        (["generator.first.conv.weight"], "no tensors of kp_detector"),
        (["fc.weight"], "no tensors of generator"),
        ([], "no tensors in it"),
    ]

    @Test(arguments: foreign)
    func otherModelsAreRefusedByName(_ names: [String], _ words: String) {
        var networks: [String: [(Pickled, Pickled)]] = [:]
        for name in names {
            let parts = name.split(separator: ".", maxSplits: 1).map { String($0) }
            networks[parts[0], default: []].append((.text(parts[1]), .tensor(.storage("0", 4), shape: [4])))
        }
        var builder = CheckpointBuilder.small
        builder.root = .dictionary(networks.map { (.text($0.key), .orderedDictionary($0.value)) })
        let line = failureLine { _ = try readCheckpoint(builder.build(.archive)) }
        #expect(line?.contains(words) == true, "\(names): \(line ?? "accepted")")
    }
}
