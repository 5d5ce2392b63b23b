/// A ZIP file of stored entries, as PyTorch writes it, with every field open to lies.
package struct ZipBuilder: Sendable {
    package struct Entry: Sendable {
        package var name: String
        package var contents: [UInt8]
        package var method: UInt16 = 0
        package var flags: UInt16 = 0x0808
        /// Instead of the truth.
        package var checksum: UInt32?
        package var size: UInt64?
        package var offset: UInt64?
        /// In the entry's own header, instead of ``name``.
        package var localName: String?

        package init(_ name: String, _ contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    package var entries: [Entry] = []
    /// Whether sizes, offsets and the directory's place are written in 64 bits.
    package var isZip64 = false
    /// Instead of the truth, in the record at the end.
    package var directoryOffset: UInt64?
    package var directorySize: UInt64?
    package var entryCount: UInt64?
    package var end64Offset: UInt64?

    package init(_ entries: [Entry] = []) { self.entries = entries }

    package func build() -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let start = UInt64(bytes.count)
            let localName = Array((entry.localName ?? entry.name).utf8)
            // PyTorch pads the extra field so that contents start at a multiple of 64.
            let padding = (64 - (bytes.count + 34 + localName.count) % 64) % 64
            bytes += littleEndian(0x0403_4B50 as UInt32) + [0, 0] + littleEndian(entry.flags)
            bytes += littleEndian(entry.method) + [UInt8](repeating: 0, count: 16)
            bytes += littleEndian(UInt16(localName.count)) + littleEndian(UInt16(padding + 4)) + localName
            bytes +=
                littleEndian(0x4246 as UInt16) + littleEndian(UInt16(padding)) + [UInt8](repeating: 90, count: padding)
            bytes += entry.contents
            directory += header(entry, offset: entry.offset ?? start)
        }
        let place = directoryOffset ?? UInt64(bytes.count)
        let size = directorySize ?? UInt64(directory.count)
        let count = entryCount ?? UInt64(entries.count)
        bytes += directory
        if isZip64 {
            let record = end64Offset ?? UInt64(bytes.count)
            bytes += littleEndian(0x0606_4B50 as UInt32) + littleEndian(44 as UInt64) + [30, 3, 45, 0]
            bytes += littleEndian(0 as UInt64) + littleEndian(count) + littleEndian(count)
            bytes += littleEndian(size) + littleEndian(place)
            bytes += littleEndian(0x0706_4B50 as UInt32) + littleEndian(0 as UInt32) + littleEndian(record)
            bytes += littleEndian(1 as UInt32)
        }
        bytes += littleEndian(0x0605_4B50 as UInt32) + [0, 0, 0, 0]
        let short = isZip64 ? UInt16.max : UInt16(truncatingIfNeeded: count)
        bytes += littleEndian(short) + littleEndian(short)
        bytes += littleEndian(isZip64 ? .max : UInt32(truncatingIfNeeded: size))
        bytes += littleEndian(isZip64 ? .max : UInt32(truncatingIfNeeded: place)) + [0, 0]
        return bytes
    }

    private func header(_ entry: Entry, offset: UInt64) -> [UInt8] {
        let size = entry.size ?? UInt64(entry.contents.count)
        let name = Array(entry.name.utf8)
        let extra =
            isZip64
            ? littleEndian(1 as UInt16) + littleEndian(24 as UInt16) + littleEndian(size) + littleEndian(size)
                + littleEndian(offset) : []
        var bytes = littleEndian(0x0201_4B50 as UInt32) + [30, 3, 45, 0] + littleEndian(entry.flags)
        bytes += littleEndian(entry.method) + [0, 0, 0, 0]
        bytes += littleEndian(entry.checksum ?? crc32(entry.contents))
        for value in [size, size] { bytes += littleEndian(isZip64 ? .max : UInt32(truncatingIfNeeded: value)) }
        bytes += littleEndian(UInt16(name.count)) + littleEndian(UInt16(extra.count))
        bytes += [UInt8](repeating: 0, count: 10)
        bytes += littleEndian(isZip64 ? .max : UInt32(truncatingIfNeeded: offset))
        return bytes + name + extra
    }
}

/// Bit by bit, as the definition says.
package func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}
