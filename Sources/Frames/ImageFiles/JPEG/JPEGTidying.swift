import Glibc

/// A JPEG as the standard has it, from one as phones and cameras write it and every viewer opens it.
///
/// The decoder warns of what is out of order and of what is missing alike, and tells its first warning alone. After this it
/// has nothing to warn of but damage: stray bytes between segments are left out, a scan of a sequential picture says that
/// it has all coefficients, Adobe's transform of three colours is the one there is, and the end is marked.
enum JPEGTidying {
    /// - Returns: `nil` where there is nothing to change, or no beginning.
    static func tidied(_ file: UnsafeRawBufferPointer) -> [UInt8]? {
        var walk = Walk(file)
        walk.run()
        return walk.isChanged ? walk.result : nil
    }

    private struct Walk {
        private let bytes: UnsafeRawBufferPointer
        private(set) var result: [UInt8] = []
        private(set) var isChanged = false
        private var offset = 2  // behind the start-of-image marker
        private var isSequential = false
        /// By component: the coefficients, a bit each, that no scan has had to the last bit.
        private var missing: [UInt8: UInt64] = [:]

        init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            result.reserveCapacity(bytes.count + 2)
            result += bytes.prefix(2)
        }

        mutating func run() {
            while let marker = nextMarker() {
                switch marker {
                case 0xD9:
                    result += [0xFF, marker]
                    return
                case 0x01, 0xD0...0xD8:  // they have no segment, and no place here
                    offset += 2
                    isChanged = true
                default:
                    guard takeSegment(marker) else {
                        // Cut within a segment: the decoder says so.
                        result += bytes[offset...]
                        return
                    }
                    if marker == 0xDA { takeScan() }
                }
            }
            // Of a progressive picture whole scans may be gone, which nobody would notice.
            guard !missing.isEmpty, missing.values.allSatisfy({ $0 == 0 }) else { return }
            result += [0xFF, 0xD9]
            isChanged = true
        }

        /// Skips what lies before it; `nil` at the end.
        private mutating func nextMarker() -> UInt8? {
            let from = offset
            while let at = position(of: 0xFF, from: offset), at + 1 < bytes.count {
                if bytes[at + 1] != 0x00, bytes[at + 1] != 0xFF {
                    isChanged = isChanged || at > from
                    offset = at
                    return bytes[at + 1]
                }
                offset = at + 1
            }
            return nil
        }

        /// Copies it with what has to be changed; false where it is not all there.
        private mutating func takeSegment(_ marker: UInt8) -> Bool {
            guard let length = BoundedBytes(bytes, bigEndian: true).uint16(at: offset + 2), length >= 2,
                offset + 2 + length <= bytes.count
            else { return false }
            let start = result.count
            let body = UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + 2 + length])
            result += bytes[offset..<offset + 2 + length]
            offset += 2 + length
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                isSequential = marker < 0xC2
                for place in stride(from: 6, to: body.count, by: 3) { missing[body[place]] = .max }
            case 0xDA where body.count >= 6:
                if isSequential { set([0x00, 0x3F, 0x00], at: result.count - 3) }
                takeCoefficients(body)
            // Its transform: 0 none, 1 YCbCr, 2 YCCK, which has four colours and is told from 1 by their number.
            case 0xEE where body.count >= 12 && body.starts(with: "Adobe".utf8):
                if result[start + 15] == 2, colours == 3 { set([1], at: start + 15) }
            default: break
            }
            return true
        }

        /// Notes what a scan brings: of its components, coefficients from one to another, to the last bit or not.
        private mutating func takeCoefficients(_ scan: UnsafeRawBufferPointer) {
            let (first, last) = isSequential ? (0, 63) : (scan[scan.count - 3], scan[scan.count - 2])
            guard first <= last, last < 64, isSequential || scan[scan.count - 1] & 0x0F == 0 else { return }
            let bits = (UInt64.max >> UInt64(63 - last + first)) << UInt64(first)
            for place in stride(from: 1, to: scan.count - 3, by: 2) { missing[scan[place]]? &= ~bits }
        }

        private mutating func set(_ wanted: [UInt8], at place: Int) {
            for (index, value) in zip(place..., wanted) where result[index] != value {
                result[index] = value
                isChanged = true
            }
        }

        /// The coded picture up to the next marker that is not a restart.
        private mutating func takeScan() {
            var end = offset
            while let at = position(of: 0xFF, from: end) {
                end = at
                guard at + 1 < bytes.count else { break }
                let next = bytes[at + 1]
                guard next == 0x00 || (0xD0...0xD7).contains(next) else {
                    result += bytes[offset..<at]
                    offset = at
                    return
                }
                end = at + 2
            }
            result += bytes[offset...]
            offset = bytes.count
        }

        /// Of the picture, as its frame header says; it comes behind Adobe's segment.
        private var colours: UInt8? {
            let reader = BoundedBytes(bytes, bigEndian: true)
            var at = offset
            while let start = position(of: 0xFF, from: at), let marker = reader.uint8(at: start + 1) {
                if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                    return reader.uint8(at: start + 9)
                }
                guard marker > 0x01, marker < 0xFF, !(0xD0...0xD9).contains(marker),
                    let length = reader.uint16(at: start + 2)
                else {
                    at = start + 1
                    continue
                }
                at = start + 2 + max(length, 2)
            }
            return nil
        }

        private func position(of value: UInt8, from start: Int) -> Int? {
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, CInt(value), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
