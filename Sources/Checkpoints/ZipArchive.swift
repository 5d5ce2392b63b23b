import CZlib
import FOMMCore

/// The directory of a ZIP file whose entries are stored as they are, as PyTorch writes them since 1.6, 64-bit fields
/// included. Nothing is unpacked, and no entry's name becomes a path.
///
/// Every entry is inside the file, after its own header, and shares no byte with another.
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.
struct ZipArchive {
    struct Entry: Sendable {
        /// In any script: PyTorch 1.6 to 2.0 calls the folder inside after the file. Bytes that are not UTF-8 stand for the
        /// characters of their numbers, so that two names are never one.
        let name: String
        /// Where its bytes are in the file.
        let range: Range<Int>
        let checksum: UInt32
    }

    /// By name.
    let entries: [String: Entry]
    private let file: String

    /// More entries than any checkpoint of this family has, and bytes of their directory.
    private static let limits = (entries: 1 << 16, directory: 1 << 24)

    private enum Signature {
        static let localHeader: UInt32 = 0x0403_4B50
        static let directoryEntry: UInt32 = 0x0201_4B50
        static let end: UInt32 = 0x0605_4B50
        static let end64: UInt32 = 0x0606_4B50
        static let end64Locator: UInt32 = 0x0706_4B50
    }

    static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ByteReader(bytes: bytes).integer(UInt32.self, at: 0) == Signature.localHeader
    }

    /// - Parameter file: its name, for messages.
    /// - Throws: `WeightError` `.damaged` for a directory that is cut short, contradicts itself or the file; `.forbidden`
    ///   for compression, encryption and names that lead out of the archive; `.tooLarge` for too many entries.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(WeightError) {
        var directory = Directory(reader: ByteReader(bytes: bytes), file: file)
        try directory.find()
        var entries: [String: Entry] = [:]
        var used: [Range<Int>] = []
        for _ in 0..<directory.count {
            let (entry, extent) = try directory.next()
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw directory.damaged("has two entries \(printable(entry.name.utf8))")
            }
            used.append(extent)
        }
        used.sort { $0.lowerBound < $1.lowerBound }
        for (one, other) in zip(used, used.dropFirst()) where one.upperBound > other.lowerBound {
            throw directory.damaged("has entries that overlap")
        }
        self.entries = entries
        self.file = file
    }

    /// - Throws: `WeightError` `.damaged` where the entry's bytes are not those that were written.
    func verify(_ entry: Entry, in bytes: UnsafeRawBufferPointer) throws(WeightError) {
        guard Self.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[entry.range])) == entry.checksum else {
            throw WeightError(
                .damaged, file: file, "the checksum of \(printable(entry.name.utf8)) in the archive is wrong",
                hint: "copy or download the checkpoint again")
        }
    }

    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(crc32_z(0, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count))
    }

    /// The central directory, entry by entry.
    private struct Directory {
        let reader: ByteReader
        let file: String
        var count = 0
        var start = 0
        var end = 0
        var position = 0

        /// Finds where it is from the record at the end of the file, which a comment may follow.
        mutating func find() throws(WeightError) {
            let size = reader.bytes.count
            var record = size - 22
            let first = max(0, size - 22 - 0xFFFF)
            while record >= first {
                if reader.integer(UInt32.self, at: record) == Signature.end,
                    let comment = reader.integer(UInt16.self, at: record + 20), record + 22 + Int(comment) == size
                {
                    break
                }
                record -= 1
            }
            guard record >= first else { throw damaged("has no directory: it is cut short") }
            guard let disk = reader.integer(UInt16.self, at: record + 4),
                var entries = reader.integer(UInt16.self, at: record + 10).map({ UInt64($0) }),
                var length = reader.integer(UInt32.self, at: record + 12).map({ UInt64($0) }),
                var offset = reader.integer(UInt32.self, at: record + 16).map({ UInt64($0) }), disk == 0
            else { throw damaged("has no directory") }
            var latest = record
            if reader.integer(UInt32.self, at: record - 20) == Signature.end64Locator {
                guard let place = reader.integer(UInt64.self, at: record - 12).flatMap({ Int(exactly: $0) }),
                    reader.integer(UInt32.self, at: place) == Signature.end64, place <= record - 20,
                    let entries64 = reader.integer(UInt64.self, at: place + 32),
                    let length64 = reader.integer(UInt64.self, at: place + 40),
                    let offset64 = reader.integer(UInt64.self, at: place + 48)
                else { throw damaged("has no 64-bit directory where it says") }
                (entries, length, offset, latest) = (entries64, length64, offset64, place)
            }
            guard entries <= UInt64(ZipArchive.limits.entries), length <= UInt64(ZipArchive.limits.directory) else {
                throw WeightError(
                    .tooLarge, file: file, "the archive has \(entries) entries in \(length) bytes of directory",
                    hint: "no checkpoint of this family has")
            }
            guard offset <= UInt64(latest), length <= UInt64(latest) - offset, entries * 46 <= length else {
                throw damaged("has a directory beyond its end")
            }
            count = Int(entries)
            start = Int(offset)
            end = start + Int(length)
            position = start
        }

        /// - Returns: the entry, and the bytes that are its own: header, name and contents.
        mutating func next() throws(WeightError) -> (Entry, Range<Int>) {
            let header = position
            guard end - header >= 46, reader.integer(UInt32.self, at: header) == Signature.directoryEntry,
                let flags = reader.integer(UInt16.self, at: header + 8),
                let method = reader.integer(UInt16.self, at: header + 10),
                let checksum = reader.integer(UInt32.self, at: header + 16),
                let packed32 = reader.integer(UInt32.self, at: header + 20),
                let size32 = reader.integer(UInt32.self, at: header + 24),
                let nameLength = reader.integer(UInt16.self, at: header + 28).map({ Int($0) }),
                let extraLength = reader.integer(UInt16.self, at: header + 30).map({ Int($0) }),
                let commentLength = reader.integer(UInt16.self, at: header + 32).map({ Int($0) }),
                let offset32 = reader.integer(UInt32.self, at: header + 42),
                nameLength + extraLength + commentLength <= end - header - 46,
                let name = reader.slice(header + 46, nameLength),
                let extra = reader.slice(header + 46 + nameLength, extraLength)
            else { throw damaged("has a directory that is cut short") }
            position = header + 46 + nameLength + extraLength + commentLength

            let title = printable(name)
            let text = String(validating: name, as: UTF8.self) ?? String(name.map { Character(Unicode.Scalar($0)) })
            guard !name.isEmpty, !name.contains(where: { $0 < 0x20 || $0 == 0x7F }), text.first != "/",
                !text.contains("\\"), !text.split(separator: "/").contains("..")
            else { throw forbidden("an entry called \(title)") }
            guard flags & 1 == 0 else { throw forbidden("the encrypted entry \(title)") }
            guard method == 0 else { throw forbidden("the compressed entry \(title)") }

            // Fields that are full stand in the extra field instead, in this order.
            var wide = Extra64(extra)
            guard let size = wide.resolve(size32), let packed = wide.resolve(packed32),
                let offset = wide.resolve(offset32)
            else { throw damaged("says less of \(title) than it has to") }
            guard size == packed else { throw damaged("says two sizes of \(title)") }
            let place = try locate(title, name, size: size, offset: offset)
            return (Entry(name: text, range: place.contents, checksum: checksum), place.extent)
        }

        /// Where the entry is, and its contents, as its own header says, which has to agree.
        private func locate(
            _ title: String, _ name: UnsafeRawBufferPointer, size: UInt64, offset: UInt64
        ) throws(WeightError) -> (extent: Range<Int>, contents: Range<Int>) {
            guard let local = Int(exactly: offset), let size = Int(exactly: size), local < start,
                reader.integer(UInt32.self, at: local) == Signature.localHeader,
                let nameLength = reader.integer(UInt16.self, at: local + 26).map({ Int($0) }),
                let extraLength = reader.integer(UInt16.self, at: local + 28).map({ Int($0) }),
                let localName = reader.slice(local + 30, nameLength), localName.elementsEqual(name)
            else { throw damaged("has no entry \(title) where it says") }
            let contents = local + 30 + nameLength + extraLength
            guard contents <= start, size <= start - contents else {
                throw damaged("has an entry \(title) of \(size) bytes, which is beyond its end")
            }
            return (local..<contents + size, contents..<contents + size)
        }

        func damaged(_ detail: String) -> WeightError {
            WeightError(.damaged, file: file, "the archive \(detail)", hint: "copy or download the checkpoint again")
        }

        private func forbidden(_ what: String) -> WeightError {
            WeightError(
                .forbidden, file: file, "the archive has \(what), which PyTorch does not write",
                hint: "it is not a checkpoint, or it was packed again: save it with PyTorch")
        }
    }

    /// The 64-bit sizes and offset of an entry.
    private struct Extra64 {
        private let field: UnsafeRawBufferPointer?
        private var position = 0

        /// Looks for field 1.
        init(_ extra: UnsafeRawBufferPointer) {
            let reader = ByteReader(bytes: extra)
            var offset = 0
            while let id = reader.integer(UInt16.self, at: offset),
                let length = reader.integer(UInt16.self, at: offset + 2)
            {
                if id == 1 {
                    field = reader.slice(offset + 4, Int(length))
                    return
                }
                offset += 4 + Int(length)
            }
            field = nil
        }

        /// - Returns: `nil` where the value should be here and is not.
        mutating func resolve(_ value: UInt32) -> UInt64? {
            guard value == .max else { return UInt64(value) }
            defer { position += 8 }
            return field.flatMap { ByteReader(bytes: $0).integer(UInt64.self, at: position) }
        }
    }
}
