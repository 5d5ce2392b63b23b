import CTurboJPEG

/// What a JPEG's marker segments say that TurboJPEG does not tell.
struct JPEGSegments {
    private(set) var orientation = Orientation.upright
    /// The encoder was Adobe's, or follows it.
    private(set) var hasAdobeMarker = false

    /// Walks the segments up to the image data; stops without complaint where they make no sense.
    init(_ file: UnsafeRawBufferPointer) {
        let bytes = BoundedBytes(file, bigEndian: true)
        var offset = 2  // the start-of-image marker
        while bytes.uint8(at: offset) == 0xFF, let marker = bytes.uint8(at: offset + 1) {
            if marker == 0xFF {  // a fill byte
                offset += 1
                continue
            }
            guard marker != 0xDA, marker != 0xD9, let length = bytes.uint16(at: offset + 2),
                let body = bytes.slice(at: offset + 4, count: length - 2)
            else { return }
            interpret(marker, body)
            offset += 2 + length
        }
    }

    private mutating func interpret(_ marker: UInt8, _ body: UnsafeRawBufferPointer) {
        switch marker {
        case 0xE1 where body.starts(with: "Exif\0\0".utf8):
            let tiff = UnsafeRawBufferPointer(rebasing: body.dropFirst(6))
            if let stated = EXIF.orientation(tiff) { orientation = stated }
        case 0xEE where body.starts(with: "Adobe".utf8):
            hasAdobeMarker = true
        default:
            break
        }
    }
}
