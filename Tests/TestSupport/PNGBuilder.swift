/// Writes PNG files chunk by chunk, with the kinds and the faults that an encoder would not make.
package struct PNGBuilder {
    package enum Colour: UInt8 {
        case grey = 0, rgb = 2, palette = 3, greyAlpha = 4, rgba = 6
    }

    private var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package init(width: Int, height: Int, _ colour: Colour, depth: UInt8 = 8) {
        chunk("IHDR", bigEndian(width) + bigEndian(height) + [depth, colour.rawValue, 0, 0, 0])
    }

    package mutating func chunk(_ type: String, _ body: [UInt8]) {
        bytes += bigEndian(body.count)
        let checked = Array(type.utf8) + body
        bytes += checked + bigEndian(Int(crc32(checked)))
    }

    /// - Parameter rows: samples as they are stored, without the filter bytes; together less than 64 KiB.
    /// - Returns: the whole file.
    package mutating func finish(rows: [[UInt8]]) -> [UInt8] {
        var raw: [UInt8] = []
        for row in rows {
            raw.append(0)
            raw += row
        }
        let length = [UInt8(raw.count & 0xFF), UInt8(raw.count >> 8)]
        var stored: [UInt8] = [0x78, 0x01, 0x01]  // zlib's header, and one last block that is not compressed
        stored += length
        stored += length.map { ~$0 }
        stored += raw
        stored += bigEndian(adler32(raw))
        chunk("IDAT", stored)
        chunk("IEND", [])
        return bytes
    }

    private func bigEndian(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private func adler32(_ bytes: [UInt8]) -> Int {
        var (low, high) = (1, 0)
        for byte in bytes {
            low = (low + Int(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
