import System
import SystemPackage

/// Reads PNG and JPEG pictures, told apart by what the file holds and not by its name.
///
/// Every kind of either is turned into 8-bit RGB the right way up: grey, palette and 16-bit PNG, alpha over mid grey,
/// grey, CMYK and progressive JPEG, EXIF orientation. Any queue may call it.
package enum ImageFile {
    /// A file larger than this cannot be a sensible picture of ``FrameSize/mostPixels``.
    private static let mostBytes = 512_000_000

    /// - Throws: ``FrameError``: missing, empty, a folder, not a picture, damaged or cut short, too large.
    package static func read(_ path: String) throws(FrameError) -> PixelBuffer {
        let file = try FileBytes(path: path, limit: mostBytes)
        return try file.withBytes { (bytes) throws(FrameError) in try decode(bytes, path: path) }
    }

    /// - Parameters:
    ///   - bytes: a whole file, read only during the call.
    ///   - path: what to call it in a message.
    package static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FrameError) -> PixelBuffer {
        guard !bytes.isEmpty else {
            throw FrameError(.empty, path: path, "the file is empty (0 bytes)", hint: "give a PNG or JPEG picture")
        }
        switch ImageFormat(startOf: bytes) {
        case .png: return try PNGDecoder.decode(bytes, path: path)
        case .jpeg: return try JPEGDecoder.decode(bytes, path: path)
        case .other(let name):
            throw FrameError(
                .notAPicture, path: path, "\(name) pictures are not supported", hint: "convert it to PNG or JPEG")
        case nil:
            throw FrameError(
                .notAPicture, path: path, "not a PNG or JPEG picture", hint: "give a PNG or JPEG picture")
        }
    }
}

/// What the first bytes of a file say it is.
enum ImageFormat: Equatable {
    case png, jpeg
    /// A picture of a kind we do not read, by the name its users know.
    case other(String)

    private static let signatures: [(format: ImageFormat, offset: Int, bytes: [UInt8])] = [
        (.png, 0, [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A]),
        (.jpeg, 0, [0xFF, 0xD8, 0xFF]),
        (.other("WebP"), 8, Array("WEBP".utf8)),
        (.other("GIF"), 0, Array("GIF8".utf8)),
        (.other("BMP"), 0, Array("BM".utf8)),
        (.other("TIFF"), 0, Array("II*\0".utf8)),
        (.other("TIFF"), 0, Array("MM\0*".utf8)),
        (.other("AVIF"), 4, Array("ftypavif".utf8)),
        (.other("HEIC"), 4, Array("ftyphei".utf8)),
        (.other("HEIC"), 4, Array("ftypmif1".utf8)),
    ]

    init?(startOf bytes: UnsafeRawBufferPointer) {
        let match = Self.signatures.first { bytes.dropFirst($0.offset).starts(with: $0.bytes) }
        guard let match else { return nil }
        self = match.format
    }
}

extension FrameSize {
    /// The size a picture's header claims, or the error that says why it is refused before anything is allocated.
    init(pictureWidth width: Int, height: Int, path: String) throws(FrameError) {
        guard let size = FrameSize(claimedWidth: width, height: height) else {
            throw FrameError(
                .tooLarge, path: path,
                "the picture is \(width)x\(height), more than \(Self.mostPixels / 1_000_000) megapixels",
                hint: "scale it down")
        }
        self = size
    }
}

extension FrameError {
    /// A picture that starts well and cannot be decoded to its end; `reason` is the decoder's own.
    static func damagedPicture(_ format: String, path: String, reason: String) -> FrameError {
        FrameError(
            .damaged, path: path, "the \(format) is damaged or cut short (\(reason))",
            hint: "copy it again, or open it in an image editor and save it anew")
    }
}
