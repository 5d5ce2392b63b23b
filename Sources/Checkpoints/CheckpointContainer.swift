import FOMMCore

/// A PyTorch file taken apart: its pickle, and where each storage's bytes are.
///
/// - the stream that PyTorch wrote before 1.6: a magic number, a protocol version, facts about the machine, the pickle and
///   the list of storage keys, each pickled; then for every storage its element count and its elements;
/// - the archive of later versions: `NAME/data.pkl`, and every storage as `NAME/data/KEY`.
///
/// Source: `torch/serialization.py`.
struct CheckpointContainer {
    enum Kind: String, Sendable {
        case stream = "PyTorch stream"
        case archive = "PyTorch archive"
    }

    let kind: Kind
    let pickle: Pickle
    private let file: MappedFile
    private let archive: ZipArchive?
    /// Of an archive: what its entries' names start with.
    private let prefix: String
    /// Of a stream: where each storage's elements are.
    private let streamed: [String: Range<Int>]

    /// - Throws: `WeightError` `.notCheckpoint` for another kind of file; as `PickleReader` and `ZipArchive`.
    init(_ file: MappedFile) throws(WeightError) {
        self.file = file
        if ZipArchive.isOne(file.bytes) {
            let archive = try ZipArchive(file.bytes, file: file.name)
            prefix = try Self.prefix(of: archive, file.name)
            pickle = try Self.pickle(of: archive, prefix, file)
            self.archive = archive
            kind = .archive
            streamed = [:]
        } else {
            let stream = try StreamReader(file)
            pickle = stream.pickle
            streamed = stream.storages
            kind = .stream
            archive = nil
            prefix = ""
        }
    }

    /// Whether a file begins as one of the two does.
    static func mayBeOne(_ file: MappedFile) -> Bool {
        let start = ByteReader(bytes: file.bytes).integer(UInt16.self, at: 0)
        return ZipArchive.isOne(file.bytes) || [0x0280, 0x0380, 0x0480, 0x0580].contains(start)
    }

    /// Where a storage's elements are.
    /// - Throws: `WeightError` `.damaged` where there are none, or not as many as the pickle says.
    func range(of storage: PickledStorage) throws(WeightError) -> Range<Int> {
        let key = pickle.string(storage.key)
        guard let range = archive == nil ? streamed[key] : archive?.entries["\(prefix)/data/\(key)"]?.range else {
            throw WeightError.damagedCheckpoint(file, "storage \(key) is not in the file")
        }
        guard range.count == storage.elementCount * storage.type.size else {
            throw WeightError.damagedCheckpoint(
                file, "storage \(key) has \(range.count) bytes, expected \(storage.elementCount * storage.type.size)")
        }
        return range
    }

    /// Checks that a storage's bytes are those that were written, where the file can tell. Reads them.
    func verify(_ storage: PickledStorage) throws(WeightError) {
        guard let archive, let entry = archive.entries["\(prefix)/data/\(pickle.string(storage.key))"] else { return }
        try archive.verify(entry, in: file.bytes)
    }

    private static func prefix(of archive: ZipArchive, _ file: String) throws(WeightError) -> String {
        let suffix = "/data.pkl"
        let names = archive.entries.keys.filter { $0.hasSuffix(suffix) && $0.split(separator: "/").count == 2 }
        guard names.count == 1, let name = names.first else {
            throw WeightError(
                .notCheckpoint, file: file, "a ZIP archive, but not PyTorch's: no data.pkl in it",
                hint: "give a .pth.tar checkpoint")
        }
        let prefix = String(name.dropLast(suffix.count))
        guard archive.entries[prefix + "/constants.pkl"] == nil else {
            throw WeightError(
                .notCheckpoint, file: file, "a TorchScript program, not a checkpoint",
                hint: "give the .pth.tar that it was made of")
        }
        return prefix
    }

    private static func pickle(
        of archive: ZipArchive, _ prefix: String, _ file: MappedFile
    ) throws(WeightError) -> Pickle {
        if let order = archive.entries[prefix + "/byteorder"],
            !file.bytes[order.range].elementsEqual("little".utf8)
        {
            throw WeightError.otherByteOrder(file)
        }
        guard let entry = archive.entries[prefix + "/data.pkl"] else { preconditionFailure("prefix has data.pkl") }
        let pickle = try PickleReader.read(file.bytes, in: entry.range, file: file.name)
        try archive.verify(entry, in: file.bytes)
        return pickle
    }
}

/// Reads PyTorch's stream.
private struct StreamReader {
    let pickle: Pickle
    private(set) var storages: [String: Range<Int>] = [:]

    /// 0x1950A86A20F9469CFC6C, least significant byte first.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001
    /// Ample for the magic number, the version, and what it says of the machine.
    private static let preamble = 1 << 12

    init(_ file: MappedFile) throws(WeightError) {
        let bytes = file.bytes
        var small = PickleReader.Limits()
        small.bytes = Self.preamble
        let end = bytes.count

        guard bytes.first == PickleOpcode.proto.rawValue else { throw Self.notCheckpoint(file) }
        if Self.isBare(bytes) { try Self.refuseInside(of: file) }
        let magic = try PickleReader.read(bytes, in: 0..<end, file: file.name, limits: small)
        guard case .longInteger(let text) = magic.root, magic.contents(of: text).elementsEqual(Self.magic) else {
            throw Self.notCheckpoint(file)
        }
        let version = try PickleReader.read(bytes, in: magic.end..<end, file: file.name, limits: small)
        guard case .integer(Self.version) = version.root else {
            throw WeightError(
                .notCheckpoint, file: file.name, "a PyTorch stream of an unknown version",
                hint: "load and save it again with a current PyTorch")
        }
        let machine = try PickleReader.read(bytes, in: version.end..<end, file: file.name, limits: small)
        for (key, value) in machine.entries(machine.root) {
            if machine.string(key) == "little_endian", case .flag(false) = value {
                throw WeightError.otherByteOrder(file)
            }
        }
        pickle = try PickleReader.read(bytes, in: machine.end..<end, file: file.name)
        let keys = try PickleReader.read(bytes, in: pickle.end..<end, file: file.name)
        try locate(keys, file)
    }

    /// Steps from storage to storage; reads only how long each is.
    private mutating func locate(_ keys: Pickle, _ file: MappedFile) throws(WeightError) {
        guard case .list(let list) = keys.root else {
            throw WeightError.damagedCheckpoint(file, "no list of storages after the pickle")
        }
        var described: [String: PickledStorage] = [:]
        for storage in pickle.storages {
            let key = pickle.string(storage.key)
            if let other = described.updateValue(storage, forKey: key) {
                guard other.type == storage.type, other.elementCount == storage.elementCount else {
                    throw WeightError.damagedCheckpoint(file, "storage \(key) is described in two ways")
                }
            }
        }
        let reader = ByteReader(bytes: file.bytes)
        var position = keys.end
        for key in keys.containers[list] {
            guard let key = keys.string(key), let storage = described[key], storages[key] == nil else {
                throw WeightError.damagedCheckpoint(file, "the list of storages is not that of the pickle")
            }
            guard let count = reader.integer(UInt64.self, at: position) else {
                throw WeightError.damagedCheckpoint(file, "cut short: storage \(key) is missing")
            }
            guard count == UInt64(storage.elementCount) else {
                throw WeightError.damagedCheckpoint(
                    file, "storage \(key) has \(count) elements, expected \(storage.elementCount)")
            }
            let start = position + 8
            let size = storage.elementCount * storage.type.size
            guard size <= file.bytes.count - start else {
                throw WeightError.damagedCheckpoint(
                    file, "cut short: storage \(key) has \(size) bytes, the file \(file.bytes.count - start) more")
            }
            storages[key] = start..<start + size
            // The kernel maps pages around the one that was read.
            file.finishedReading(position..<start + size)
            position = start + size
        }
    }

    /// Whether the pickle begins with a dictionary, as that inside an archive does, and not with the magic number.
    private static func isBare(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 2 && bytes[2] == PickleOpcode.emptyDict.rawValue
    }

    /// - Throws: `WeightError`: as `PickleReader`, or that this is what lies in an archive.
    private static func refuseInside(of file: MappedFile) throws(WeightError) {
        let pickle = try PickleReader.read(file.bytes, in: 0..<file.bytes.count, file: file.name)
        guard !pickle.storages.isEmpty else { return }
        throw WeightError(
            .notCheckpoint, file: file.name, "the inside of a checkpoint, without its weights",
            hint: "give the .pth.tar that it was unpacked from")
    }

    private static func notCheckpoint(_ file: MappedFile) -> WeightError {
        let start = String(decoding: file.bytes.prefix(256), as: UTF8.self).lowercased()
        if start.contains("<html") || start.contains("<!doctype html") {
            return WeightError(
                .notCheckpoint, file: file.name, "a web page, not a checkpoint",
                hint: "download it again, with a browser: the site had something to say first")
        }
        let isTar = ByteReader(bytes: file.bytes).slice(257, 5)?.elementsEqual("ustar".utf8) ?? false
        return WeightError(
            .notCheckpoint, file: file.name,
            isTar ? "a tar archive, as PyTorch wrote before 0.2, or of something else" : "not a PyTorch checkpoint",
            hint: isTar ? "load and save it again with a current PyTorch" : "give a .pth.tar")
    }
}

extension WeightError {
    fileprivate static func otherByteOrder(_ file: MappedFile) -> WeightError {
        WeightError(
            .notCheckpoint, file: file.name, "written on a machine that stores numbers the other way round",
            hint: "load and save it again with PyTorch on an ordinary one")
    }

    /// A checkpoint that is cut short or contradicts itself.
    static func damagedCheckpoint(_ file: MappedFile, tensor: String? = nil, _ detail: String) -> WeightError {
        WeightError(
            .damaged, file: file.name, tensor: tensor, detail, hint: "copy or download the checkpoint again")
    }
}
