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
            throw FrameError(.empty, path, "the file is empty (0 bytes)", hint: "give a PNG or JPEG picture")
        }
        let picture = withoutSpace(bytes)
        switch ImageFormat(startOf: picture) {
        case .png: return try PNGDecoder.decode(picture, path: path)
        case .jpeg: return try JPEGDecoder.decode(picture, path: path)
        case .other(let name):
            throw FrameError(
                .notAPicture, path, "\(name) pictures are not supported", hint: "convert it to PNG or JPEG")
        case nil:
            throw FrameError(
                .notAPicture, path, "not a PNG or JPEG picture", hint: "give a PNG or JPEG picture")
        }
    }
}

/// Without empty lines before the picture, which some web servers send.
private func withoutSpace(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes.drop { " \r\n\t".utf8.contains($0) })
}

extension FrameSize {
    /// The size a picture's header claims, or the error that says why it is refused before anything is allocated.
    init(pictureWidth width: Int, height: Int, path: String) throws(FrameError) {
        guard let size = FrameSize(claimedWidth: width, height: height) else {
            throw FrameError(
                .tooLarge, path,
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
            .damaged, path, "the \(format) is damaged or cut short (\(reason))",
            hint: "copy it again, or open it in an image editor and save it anew")
    }
}
