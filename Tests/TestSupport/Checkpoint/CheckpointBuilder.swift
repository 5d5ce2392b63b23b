/// A checkpoint as PyTorch saves it, in either container, made without PyTorch.
package struct CheckpointBuilder: Sendable {
    package enum Container: Sendable, CaseIterable {
        /// Before PyTorch 1.6.
        case stream
        case archive
    }

    package struct Storage: Sendable {
        package let key: String
        package var bytes: [UInt8]
        package let count: Int

        package init(key: String, bytes: [UInt8], count: Int) {
            self.key = key
            self.bytes = bytes
            self.count = count
        }
    }

    package var root: Pickled
    package var storages: [Storage] = []
    package var version = 2
    package var archiveName = "archive"
    package var isZip64 = false

    package init(_ root: Pickled) { self.root = root }

    package func build(_ container: Container) -> [UInt8] {
        container == .stream ? stream() : zip().build()
    }

    /// The parts of the stream, for tests that change one of them: magic, version, machine, pickle, keys, elements.
    package func streamParts() -> [[UInt8]] {
        let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        let machine = Pickled.dictionary([
            "protocol_version": .int(1001), "little_endian": .bool(true),
            "type_sizes": .dictionary(["short": .int(2), "int": .int(4), "long": .int(4)]),
        ])
        return [
            Pickled.raw(magic).pickle(version: version), Pickled.int(1001).pickle(version: version),
            machine.pickle(version: version), root.pickle(version: version),
            Pickled.list(storages.map { .text($0.key) }).pickle(version: version),
            storages.flatMap { littleEndian(UInt64($0.count)) + $0.bytes },
        ]
    }

    package func stream() -> [UInt8] { streamParts().flatMap { $0 } }

    package func zip() -> ZipBuilder {
        var zip = ZipBuilder([
            .init("\(archiveName)/data.pkl", root.pickle(version: version)),
            .init("\(archiveName)/byteorder", Array("little".utf8)),
        ])
        zip.entries += storages.map { .init("\(archiveName)/data/\($0.key)", $0.bytes) }
        zip.entries.append(.init("\(archiveName)/version", Array("3\n".utf8)))
        zip.isZip64 = isZip64
        return zip
    }

    /// A small checkpoint that is sound but of no architecture: a tensor for each network, and training state.
    package static var small: CheckpointBuilder {
        var builder = CheckpointBuilder(
            .dictionary([
                "generator": .orderedDictionary([
                    (.text("weight"), .tensor(.storage("0", 4), shape: [2, 2])),
                    (.text("norm.num_batches_tracked"), .tensor(.storage("2", 1, type: "LongStorage"), shape: [])),
                ]),
                "kp_detector": .orderedDictionary([
                    (.text("bias"), .tensor(.storage("1", 3), shape: [3]))
                ]),
                "optimizer_generator": .dictionary([
                    "state": .dictionary([(.int(0), .dictionary(["step": .int(7)]))]),
                    "param_groups": .list([.dictionary(["lr": .float(2e-4), "params": .list([.int(0)])])]),
                ]),
                "epoch": .int(99),
            ]))
        builder.storages = [
            Storage(key: "0", bytes: floats([1, 2, 3, 4]), count: 4),
            Storage(key: "1", bytes: floats([5, 6, 7]), count: 3),
            Storage(key: "2", bytes: littleEndian(Int64(12)), count: 1),
        ]
        return builder
    }

    package static func floats(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian($0.bitPattern) } }
}
