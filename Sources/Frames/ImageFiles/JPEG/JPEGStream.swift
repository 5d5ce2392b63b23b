/// Tells a stream of JPEGs, one behind the other, from a picture: cameras and ffmpeg write video so, under any name.
enum JPEGStream {
    /// Pictures that a phone adds to its own are announced in the first.
    private static let announcement = "MPF\0".utf8

    /// - Parameter file: its start; one that ends within the first picture is taken for that alone.
    static func isOne(_ file: UnsafeRawBufferPointer) -> Bool {
        let bytes = BoundedBytes(file, bigEndian: true)
        var offset = 2  // the start-of-image marker
        while let byte = bytes.uint8(at: offset), let marker = bytes.uint8(at: offset + 1) {
            switch (byte, marker) {
            case (0xFF, 0xD9):
                return file.dropFirst(offset + 2).drop { $0 == 0 }.starts(with: [0xFF, 0xD8, 0xFF])
            case (0xFF, 0xFF): offset += 1
            // Within image data: an escaped byte, a restart.
            case (0xFF, 0x00), (0xFF, 0xD0...0xD7): offset += 2
            case (0xFF, _):
                guard let length = bytes.uint16(at: offset + 2), length >= 2 else { return false }
                if marker == 0xE2, file.dropFirst(offset + 4).starts(with: announcement) { return false }
                offset += 2 + length
            default: offset += 1
            }
        }
        return false
    }
}
