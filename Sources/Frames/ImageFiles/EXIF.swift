/// The one thing we want from EXIF: which way up the picture is.
enum EXIF {
    private static let orientationTag = 0x0112
    private static let shortType = 3

    /// - Parameter tiff: an EXIF block from its TIFF header on, that is without the `Exif\0\0` that JPEG puts before it.
    /// - Returns: `nil` if it says nothing, or nothing sensible: a viewer too shows such a picture as it is.
    static func orientation(_ tiff: UnsafeRawBufferPointer) -> Orientation? {
        let bigEndian: Bool
        switch tiff.prefix(2).map({ $0 }) {
        case Array("MM".utf8): bigEndian = true
        case Array("II".utf8): bigEndian = false
        default: return nil
        }
        let bytes = BoundedBytes(tiff, bigEndian: bigEndian)
        guard bytes.uint16(at: 2) == 42, let directory = bytes.uint32(at: 4), let entries = bytes.uint16(at: directory)
        else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry  // tag, type, count and the value or where it is
            guard let tag = bytes.uint16(at: offset) else { return nil }
            guard tag == orientationTag else { continue }
            guard bytes.uint16(at: offset + 2) == shortType, bytes.uint32(at: offset + 4) == 1 else { return nil }
            return bytes.uint16(at: offset + 8).flatMap(Orientation.init)
        }
        return nil
    }
}
