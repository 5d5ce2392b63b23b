/// The first directory of a TIFF: what describes the picture, in TIFF files and in EXIF blocks.
struct TIFFDirectory {
    enum Tag: Int {
        case compression = 0x0103
        case orientation = 0x0112
        case tileWidth = 0x0142
    }

    private static let (shortType, longType) = (3, 4)
    private let bytes: BoundedBytes
    private let start: Int
    private let count: Int

    /// - Parameter tiff: from its header on; valid for as long as the value is used.
    /// - Returns: `nil` for something else.
    init?(_ tiff: UnsafeRawBufferPointer) {
        let bigEndian: Bool
        switch tiff.prefix(2).map({ $0 }) {
        case Array("MM".utf8): bigEndian = true
        case Array("II".utf8): bigEndian = false
        default: return nil
        }
        bytes = BoundedBytes(tiff, bigEndian: bigEndian)
        guard bytes.uint16(at: 2) == 42, let start = bytes.uint32(at: 4), let count = bytes.uint16(at: start) else {
            return nil
        }
        (self.start, self.count) = (start, count)
    }

    /// - Returns: a single whole number; `nil` where the directory does not say, or says something else.
    subscript(_ tag: Tag) -> Int? {
        for entry in 0..<count {
            let offset = start + 2 + 12 * entry  // tag, type, count and the value or where it is
            guard let found = bytes.uint16(at: offset) else { return nil }
            guard found == tag.rawValue else { continue }
            guard bytes.uint32(at: offset + 4) == 1 else { return nil }
            switch bytes.uint16(at: offset + 2) {
            case Self.shortType: return bytes.uint16(at: offset + 8)
            case Self.longType: return bytes.uint32(at: offset + 8)
            default: return nil
            }
        }
        return nil
    }
}
