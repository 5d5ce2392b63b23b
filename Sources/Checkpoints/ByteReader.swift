/// Little-endian numbers at places of a file that may lie about them: every read is checked against the end.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer

    /// - Returns: `nil` where it would be beyond the end.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Value>.size else { return nil }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// - Returns: `nil` where some of it would be beyond the end.
    func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }
}

/// The cyclic redundancy check of ZIP, IEEE 802.3, eight bytes at a time.
///
/// Source: Kounavis and Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005.
struct CRC32 {
    private var state: UInt32 = .max

    /// Of everything that was added.
    var value: UInt32 { ~state }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        state = Self.tables.withUnsafeBufferPointer { tables in
            func lookUp(_ table: Int, _ byte: UInt32) -> UInt32 { tables[256 * table + Int(byte & 0xFF)] }
            var crc = state
            var offset = 0
            while offset + 8 <= bytes.count {
                let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) ^ crc
                let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
                crc =
                    lookUp(7, low) ^ lookUp(6, low >> 8) ^ lookUp(5, low >> 16) ^ lookUp(4, low >> 24)
                    ^ lookUp(3, high) ^ lookUp(2, high >> 8) ^ lookUp(1, high >> 16) ^ lookUp(0, high >> 24)
                offset += 8
            }
            for byte in bytes[offset...] { crc = lookUp(0, crc ^ UInt32(byte)) ^ crc >> 8 }
            return crc
        }
    }

    /// Table n: the remainder of a byte that n more bytes follow.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ before >> 8)
        }
        return tables
    }()
}
