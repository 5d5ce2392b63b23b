import SystemPackage

/// What the first bytes of a file say it is.
enum ImageFormat: Equatable {
    case png, jpeg
    /// Read by libheif, by the name its users know.
    case heif(String)
    /// Read by ffmpeg, with what reads a file of that kind and takes no name for a pattern.
    case other(String, demuxer: String)

    private static let signatures: [(format: ImageFormat, offset: Int, bytes: [UInt8])] = [
        (.png, 0, [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A]),
        (.jpeg, 0, [0xFF, 0xD8, 0xFF]),
        (.other("WebP", demuxer: "webp_pipe"), 8, Array("WEBP".utf8)),
        (.other("GIF", demuxer: "gif"), 0, Array("GIF8".utf8)),
        (.other("BMP", demuxer: "bmp_pipe"), 0, Array("BM".utf8)),
        (.other("TIFF", demuxer: "tiff_pipe"), 0, Array("II*\0".utf8)),
        (.other("TIFF", demuxer: "tiff_pipe"), 0, Array("MM\0*".utf8)),
        (.heif("AVIF"), 4, Array("ftypavif".utf8)),
        (.other("animated AVIF", demuxer: "mov"), 4, Array("ftypavis".utf8)),
        (.heif("HEIC"), 4, Array("ftyphei".utf8)),
        (.heif("HEIC"), 4, Array("ftypmif1".utf8)),
    ]

    init?(startOf bytes: UnsafeRawBufferPointer) {
        let match = Self.signatures.first { bytes.dropFirst($0.offset).starts(with: $0.bytes) }
        guard let match else { return nil }
        self = match.format
    }
}
