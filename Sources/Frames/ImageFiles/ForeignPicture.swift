/// What has to be known of a picture before ffmpeg reads it, which passes over some of it without a word.
struct ForeignPicture {
    /// How it is to be turned.
    let orientation: Orientation
    /// Why ffmpeg makes something else of it than it shows; `nil` where it does not.
    let obstacle: String?
    /// Whether it is one of those that move.
    let isAnimated: Bool

    /// - Parameter bytes: the whole file.
    init(_ bytes: UnsafeRawBufferPointer) {
        if let directory = TIFFDirectory(bytes) {
            orientation = directory[.orientation].flatMap(Orientation.init) ?? .upright
            let isJPEG = [6, 7].contains(directory[.compression])
            obstacle = directory[.tileWidth] != nil ? "it is made of tiles" : isJPEG ? "it has a JPEG inside" : nil
            isAnimated = false
        } else if let webp = WebPChunks(bytes) {
            let exif = webp.body(of: "EXIF")
            orientation = exif.flatMap { EXIF.orientation(Self.withoutName($0)) } ?? .upright
            obstacle = nil
            isAnimated = webp.body(of: "ANIM") != nil
        } else {
            (orientation, obstacle, isAnimated) = (.upright, nil, false)
        }
    }

    /// Some programs write the name that JPEG has there.
    private static func withoutName(_ exif: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        exif.starts(with: Array("Exif\0\0".utf8)) ? UnsafeRawBufferPointer(rebasing: exif.dropFirst(6)) : exif
    }
}

/// WebP's container: a RIFF of chunks.
private struct WebPChunks {
    private let bytes: BoundedBytes

    init?(_ file: UnsafeRawBufferPointer) {
        guard file.starts(with: Array("RIFF".utf8)), file.dropFirst(8).starts(with: Array("WEBP".utf8)) else {
            return nil
        }
        bytes = BoundedBytes(file, bigEndian: false)
    }

    /// - Returns: of the first chunk of that type; `nil` where there is none, or not all of it.
    func body(of type: String) -> UnsafeRawBufferPointer? {
        var offset = 12
        while let name = bytes.slice(at: offset, count: 4), let length = bytes.uint32(at: offset + 4) {
            if name.elementsEqual(type.utf8) { return bytes.slice(at: offset + 8, count: length) }
            offset += 8 + length + length % 2
        }
        return nil
    }
}
