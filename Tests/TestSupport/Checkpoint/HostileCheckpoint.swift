import FOMMCore

/// A file that somebody made to run code, to fill the memory, or to crash whoever reads it.
package struct HostileCheckpoint: Sendable, CustomStringConvertible {
    package let description: String
    /// What the one line that refuses it must have in it.
    package let words: String
    private let make: @Sendable () -> [UInt8]

    package var bytes: [UInt8] { make() }

    private init(_ description: String, says words: String, _ make: @escaping @Sendable () -> [UInt8]) {
        self.description = description
        self.words = words
        self.make = make
    }

    /// In the small checkpoint's stream, this object in place of the generator's weight.
    private static func object(_ description: String, says words: String, _ object: Pickled) -> Self {
        Self(description, says: words) { inStream(object) }
    }

    /// A pickle that is these instructions, up to the end.
    private static func instructions(
        _ description: String, says words: String, _ make: @escaping @Sendable () -> [UInt8]
    ) -> Self {
        Self(description, says: words) { inStream(.raw(make())) }
    }

    private static func inStream(_ object: Pickled) -> [UInt8] {
        var builder = CheckpointBuilder.small
        builder.root = .dictionary(["generator": .orderedDictionary([(.text("weight"), object)])])
        builder.storages = [builder.storages[0]]
        return builder.stream()
    }

    /// In the small checkpoint's archive, something changed.
    private static func archive(
        _ description: String, says words: String, _ change: @escaping @Sendable (inout ZipBuilder) -> Void
    ) -> Self {
        Self(description, says: words) {
            var zip = CheckpointBuilder.small.zip()
            change(&zip)
            return zip.build()
        }
    }

    private static let commands: [(String, String)] = [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"),
        ("builtins", "exec"), ("__builtin__", "eval"), ("builtins", "getattr"), ("builtins", "__import__"),
        ("torch", "load"), ("torch.hub", "load"), ("numpy", "load"), ("collections", "OrderedDict.fromkeys"),
        ("torch._utils", "_rebuild_qtensor"), ("webbrowser", "open"), ("torch", "FloatStorage.from_file"),
    ]

    private static let calls: [Self] = commands.map { module, name in
        object(
            "a call of \(module).\(name)", says: "\(module).\(name)",
            .call(.global(module, name), [.text("touch /tmp/puppet-was-here")]))
    }

    private static let code: [Self] = [
        instructions("os.system by protocol 4", says: "os.system") {
            [0x8C, 2, 0x6F, 0x73, 0x8C, 6] + Array("system".utf8) + [0x93]
        },
        instructions("os.system by INST", says: "INST") { [0x28, 0x69] + Array("os\nsystem\n".utf8) },
        instructions("an object by NEWOBJ", says: "NEWOBJ") {
            Array("ccollections\nOrderedDict\n".utf8) + [0x29, 0x81]
        },
        instructions("an extension", says: "EXT1") { [0x82, 1] },
        object("a call of a storage type", says: "a call of", .call(.global("torch", "FloatStorage"), [.int(9)])),
        object("a call of a text", says: "a call of a text", .call(.text("os.system"), [])),
        object("a call of a tensor", says: "a call of a tensor", .call(.tensor(.storage("0", 4), shape: [4]), [])),
        instructions("a state for a list", says: "a state for a list") { [0x5D, 0x7D, 0x62] },
        instructions("a name with an escape code", says: "[2J") { Array("cos\n\u{1B}[2J\n".utf8) },
        instructions("a name without an end", says: "name") {
            [0x63] + [UInt8](repeating: 0x61, count: 100_000)
        },
    ]

    private static let lies: [Self] = [
        object("a storage that is nowhere", says: "list of storages", .tensor(.storage("77", 4), shape: [4])),
        object("a tensor beyond its storage", says: "beyond its storage", .tensor(.storage("0", 4), shape: [5])),
        object("an offset beyond it", says: "beyond its storage", .tensor(.storage("0", 4), offset: 4, shape: [1])),
        object(
            "an offset near 2^63", says: "beyond its storage", .tensor(.storage("0", 4), offset: .max, shape: [2])),
        object(
            "strides near 2^63", says: "beyond its storage",
            .tensor(.storage("0", 4), shape: [2, 2], strides: [.max, 1])),
        object(
            "a shape whose product is 2^64", says: "beyond its storage",
            .tensor(.storage("0", 4), shape: [1 << 32, 1 << 32])),
        object(
            "a shape that costs nothing and is 2^62 elements", says: "beyond its storage",
            .tensor(.storage("0", 4), shape: [1 << 31, 1 << 31], strides: [0, 1])),
        object("a negative offset", says: "a way that PyTorch", .tensor(.storage("0", 4), offset: -1, shape: [1])),
        object("a negative shape", says: "a way that PyTorch", .tensor(.storage("0", 4), shape: [-1])),
        object(
            "a negative stride", says: "a way that PyTorch",
            .tensor(.storage("0", 4), offset: 3, shape: [4], strides: [-1])),
        object(
            "fewer strides than extents", says: "a way that", .tensor(.storage("0", 4), shape: [2, 2], strides: [1])),
        object(
            "a tensor of 1,000 extents", says: "a way that",
            .tensor(.storage("0", 4), shape: Array(repeating: 1, count: 1000))),
        object("a storage of 2^62 elements", says: "way that PyTorch", .tensor(.storage("0", 1 << 62), shape: [4])),
        object("a storage of -1 elements", says: "way that PyTorch", .tensor(.storage("0", -1), shape: [0])),
        object(
            "a storage with more elements than the file has", says: "has 4 elements",
            .tensor(.storage("0", 1 << 40), shape: [4])),
        object(
            "a view beyond its storage", says: "view beyond",
            .tensor(.storage("0", 4, view: .tuple([.text("v"), .int(3), .int(.max)])), shape: [1])),
        object("a persistent number", says: "for a storage", .persistent(.int(1 << 62))),
        object(
            "a persistent tuple of another kind", says: "a way that PyTorch", .persistent(.tuple([.text("module")]))),
        object(
            "a parameter of a text", says: "a parameter of something else",
            .call(.global("torch._utils", "_rebuild_parameter"), [.text("x")])),
        Self("a storage count near 2^64", says: "elements, expected") {
            var parts = CheckpointBuilder.small.streamParts()
            parts[5].replaceSubrange(0..<8, with: littleEndian(UInt64.max - 7))
            return parts.flatMap { $0 }
        },
        Self("a list of storages that repeats one", says: "list of storages") {
            var parts = CheckpointBuilder.small.streamParts()
            parts[4] = Pickled.list([.text("0"), .text("0")]).pickle()
            return parts.flatMap { $0 }
        },
    ]

    private static let million = 1_000_000

    private static let bombs: [Self] = [
        instructions("lists nested 1,000,000 deep", says: "waiting") { repeating([0x5D], million) },
        instructions("groups nested 1,000,000 deep", says: "deep") { repeating([0x28], million) },
        instructions("tuples around tuples, 1,000,000 deep", says: "objects") { [0x29] + repeating([0x85], million) },
        instructions("a list in itself, 1,000,000 times", says: "values") {
            [0x5D, 0x71, 0] + repeating([0x68, 0, 0x61], million)
        },
        instructions("lists that double 60 times", says: "sets an item of a list") {
            // Each is appended to the next twice: 2^60 values if somebody followed them.
            (0..<60).reduce(into: [0x5D, 0x71, 0] as [UInt8]) { bytes, level in
                let double: [UInt8] = [0x68, UInt8(level), 0x61, 0x68, UInt8(level), 0x61]
                bytes += [0x5D, 0x71, UInt8(level + 1)]
                bytes += double
            }
        },
        instructions("a memo at number 2^32 - 1", says: "remembers") { [0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0xFF] },
        instructions("a memo of nothing", says: "not there") { [0x28, 0x71, 0] },
        instructions("a value that was never remembered", says: "recalls") { [0x6A, 0xFF, 0xFF, 0xFF, 0x7F] },
        instructions("a text of 2^63 bytes", says: "cut short") { [0x8D] + littleEndian(UInt64(1) << 63) },
        instructions("a text of 2^64 - 1 bytes", says: "cut short") { [0x8D] + littleEndian(UInt64.max) },
        instructions("a frame of 2^63 bytes", says: "cut short") { [0x95] + littleEndian(UInt64(1) << 63) },
        instructions("a text of 8 MB", says: "text") {
            [0x58] + littleEndian(UInt32(8 << 20)) + repeating([0x61], 8 << 20)
        },
        instructions("a pickle of 20 MB that says nothing", says: "longer") { repeating([0x80, 2], 10 * million) },
        instructions("1,000,000 tensors", says: "objects") { tensors(million) },
        instructions("a pop of nothing", says: "not there") { [0x28, 0x61] },
        instructions("the end of no group", says: "not begun") { [0x4E, 0x74] },
    ]

    /// So many tensors of one storage, on the stack above a mark, each of its own shape.
    private static func tensors(_ count: Int) -> [UInt8] {
        var bytes = Array("ctorch._utils\n_rebuild_tensor_v2\nq\u{0}".utf8)
        bytes += [0x28, 0x58] + littleEndian(UInt32(7))
        bytes += Array("storagectorch\nFloatStorage\n".utf8)
        bytes += [0x58, 1, 0, 0, 0, 0x30, 0x4E, 0x4B, 4, 0x74, 0x51, 0x71, 1, 0x5D]
        return bytes + repeating([0x68, 0, 0x28, 0x68, 1, 0x4B, 0, 0x29, 0x29, 0x74, 0x52, 0x61], count)
    }

    private static func repeating(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * count)
        for _ in 0..<count { result += bytes }
        return result
    }

    private static let archives: [Self] = [
        archive("an entry inside another", says: "overlap") {
            // The storage's contents are an entry of their own: header, name, and nothing.
            let inner = ZipBuilder([$0.entries[5]]).build()
            $0.entries[2].contents = inner
            $0.entries[5].offset = UInt64($0.offset(of: 3) - inner.count)
        },
        archive("two entries at one place", says: "where it says") {
            $0.entries[3].offset = UInt64($0.offset(of: 2))
        },
        archive("two entries of one name", says: "two entries") { $0.entries[3].name = $0.entries[2].name },
        archive("an entry of 2^63 bytes", says: "where it says") {
            $0.isZip64 = true
            $0.entries[2].size = 1 << 63
        },
        archive("an entry of 2^64 - 1 bytes", says: "where it says") {
            $0.isZip64 = true
            $0.entries[2].size = .max
        },
        archive("an entry at 2^63 - 1", says: "where it says") {
            $0.isZip64 = true
            $0.entries[2].offset = UInt64(Int.max)
        },
        archive("an entry larger than the file", says: "beyond its end") { $0.entries[2].size = 1 << 20 },
        archive("a directory at 2^63", says: "beyond its end") {
            $0.isZip64 = true
            $0.directoryOffset = 1 << 63
        },
        archive("a directory of 2^64 - 1 bytes", says: "bytes of directory") {
            $0.isZip64 = true
            $0.directorySize = .max
        },
        archive("2^63 entries", says: "entries") {
            $0.isZip64 = true
            $0.entryCount = 1 << 63
        },
        archive("65,000 entries that are not there", says: "beyond its end") { $0.entryCount = 65_000 },
        archive("a 64-bit record that is nowhere", says: "64-bit") {
            $0.isZip64 = true
            $0.end64Offset = .max
        },
        archive("a compressed entry", says: "compressed") { $0.entries[2].method = 8 },
        archive("an encrypted entry", says: "encrypted") { $0.entries[2].flags = 0x0809 },
        archive("a name that leads out", says: "../") { $0.entries[2].name = "archive/../../etc/passwd" },
        archive("a name from the root", says: "/etc/passwd") { $0.entries[2].name = "/etc/passwd" },
        archive("a name for Windows", says: "called") { $0.entries[2].name = "archive\\data\\0" },
        archive("a name that is another one inside", says: "where it says") {
            $0.entries[2].localName = "archive/data/9"
        },
        archive("a storage that is not there", says: "storage 0 is not in the file") {
            $0.entries[2].name = "archive/data/9"
        },
        archive("a storage that is too short", says: "bytes, expected") { $0.entries[2].contents.removeLast() },
        archive("a pickle with a wrong checksum", says: "checksum") { $0.entries[0].checksum = 1 },
        archive("numbers the other way round", says: "other way round") { $0.entries[1].contents = Array("big".utf8) },
        archive("no pickle", says: "no data.pkl") { $0.entries[0].name = "archive/data.txt" },
        archive("a program", says: "TorchScript") { $0.entries[3].name = "archive/constants.pkl" },
    ]

    private static let others: [Self] = [
        Self("a plain pickle", says: "not a PyTorch checkpoint") {
            Pickled.dictionary(["generator": .int(1)]).pickle()
        },
        Self("a pickle of protocol 0", says: "not a PyTorch checkpoint") { Array("cos\nsystem\n(S'id'\ntR.".utf8) },
        Self("a text", says: "not a PyTorch checkpoint") { Array("hello".utf8) },
        Self("a web page", says: "a web page, not a checkpoint") { Array("<!DOCTYPE html><html></html>".utf8) },
        Self("a tar archive", says: "tar archive") {
            [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8) + [UInt8](repeating: 0, count: 248)
        },
        Self("a magic number and no more", says: "cut short") {
            CheckpointBuilder.small.streamParts()[0]
        },
    ]

    package static let all = calls + code + lies + bombs + archives + others
}

extension ZipBuilder {
    /// Where an entry's own header is.
    fileprivate func offset(of index: Int) -> Int {
        var before = ZipBuilder(Array(entries[..<index]))
        before.entryCount = 0
        // The directory and the record at the end follow the contents.
        let directory = before.entries.reduce(0) { $0 + 46 + $1.name.utf8.count }
        return before.build().count - directory - 22
    }
}
