import System
import SystemPackage

/// Reads pictures, told apart by what the file holds and not by its name: PNG and JPEG, HEIC and AVIF where libheif is
/// installed, and others through ffmpeg.
///
/// Every kind is turned into 8-bit RGB the right way up: grey, palette and 16-bit PNG, alpha over mid grey,
/// grey, CMYK and progressive JPEG, EXIF orientation. Any queue may call it.
public enum ImageFile {
    /// A file larger than this cannot be a sensible picture of ``FrameSize/mostPixels``.
    public static let mostBytes = 512_000_000

    /// - Throws: `FrameError`: missing, empty, a folder, not a picture, damaged or cut short, too large.
    ///   What is missing to read it, too.
    public static func read(_ path: String, _ tools: ImageTools = .none) throws(FrameError) -> PixelBuffer {
        try read(try FileBytes(path: path, limit: mostBytes), path: path, tools)
    }

    /// The same of a file whose bytes are there already.
    ///
    /// - Parameter path: the file's; ffmpeg reads it once more, which a pipe does not allow.
    public static func read(
        _ file: borrowing FileBytes, path: String, _ tools: ImageTools = .none
    ) throws(FrameError) -> PixelBuffer {
        try file.withBytes { (bytes) throws(FrameError) in
            let picture = withoutSpace(bytes)
            if case .other(let format, let demuxer)? = ImageFormat(startOf: picture),
                (try? FileKind(path: path)) == .regular
            {
                return try FFmpegPicture.read(path, format, demuxer, ForeignPicture(picture), tools)
            }
            return try decode(bytes, path: path)
        }
    }

    /// What a file is by its first bytes, whatever its name says.
    public enum Kind: Sendable {
        /// One picture.
        case still
        /// A PNG with several of them.
        case animatedPNG
        /// A WebP with several of them.
        case animatedWebP
        /// JPEGs one behind the other: video.
        case motionJPEG
    }

    /// - Returns: `nil` for a file that is no picture, and for one that cannot be read. GIFs and AVIFs may move or not, and
    ///   count as video.
    public static func kind(of path: String) -> Kind? {
        // What says that it moves comes first; the rest of a long animation does not matter.
        guard let start = try? FileBytes(startOf: path, count: 64 << 10) else { return nil }
        return start.withBytes { bytes in
            switch ImageFormat(startOf: bytes) {
            case .png: PNGChunks(bytes).isAnimated ? .animatedPNG : .still
            case .jpeg: isStream(path) ? .motionJPEG : .still
            case .heif("HEIC"): .still
            case .other("WebP", _): ForeignPicture(bytes).isAnimated ? .animatedWebP : .still
            case .other("BMP", _), .other("TIFF", _): .still
            case .heif, .other, nil: nil
            }
        }
    }

    /// The first picture of a stream has to fit.
    private static func isStream(_ path: String) -> Bool {
        (try? FileBytes(startOf: path, count: 16 << 20))?.withBytes { JPEGStream.isOne($0) } == true
    }

    /// How a file of this kind is usually called, such as `jpg`; `nil` for what is no picture.
    ///
    /// - Parameter bytes: the file's first.
    public static func fileExtension(startOf bytes: UnsafeRawBufferPointer) -> String? {
        switch ImageFormat(startOf: withoutSpace(bytes)) {
        case .png: "png"
        case .jpeg: "jpg"
        case .heif(let name): name.lowercased()
        case .other("animated AVIF", _): "avif"
        case .other(let name, _): name.lowercased()
        case nil: nil
        }
    }

    /// Reads a picture from a descriptor to its end.
    ///
    /// - Parameter name: what to call it in a message.
    /// - Throws: as ``read(_:_:)``.
    public static func read(descriptor: CInt, name: String) throws(FrameError) -> PixelBuffer {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try readToEnd(of: descriptor, limit: mostBytes)
        } catch {
            throw FrameError(.cannotOpen, name, "cannot be read", underlying: error)
        }
        return try bytes.withUnsafeBytes { bytes in
            Result { () throws(FrameError) in try decode(bytes, path: name) }
        }.get()
    }

    /// - Parameters:
    ///   - bytes: a whole file, read only during the call.
    ///   - path: what to call it in a message.
    public static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FrameError) -> PixelBuffer {
        guard !bytes.isEmpty else {
            throw FrameError(.empty, path, "the file is empty (0 bytes)", hint: "give a PNG or JPEG picture")
        }
        let picture = withoutSpace(bytes)
        switch ImageFormat(startOf: picture) {
        case .png: return try PNGDecoder.decode(picture, path: path)
        case .jpeg: return try JPEGDecoder.decode(picture, path: path)
        case .heif(let name): return try HEIFDecoder.decode(picture, name, path: path)
        case .other(let name, _):
            throw FrameError(
                .notAPicture, path, "\(name) is read from a file only", hint: "write it to one, or convert it to PNG")
        case nil:
            throw FrameError(
                .notAPicture, path, "not a picture", hint: "give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file")
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
    /// Why an animated WebP is no picture.
    public static func animatedWebP(_ path: String) -> FrameError {
        FrameError(
            .notAPicture, path, "it is an animated WebP, which the installed ffmpeg cannot read",
            hint: "convert it to GIF, MP4 or PNG")
    }

    /// A picture that starts well and cannot be decoded to its end; `reason` is the decoder's own.
    static func damagedPicture(_ format: String, path: String, reason: String) -> FrameError {
        FrameError(
            .damaged, path, "the \(format) is damaged or cut short (\(reason))",
            hint: "copy it again, or open it in an image editor and save it anew")
    }
}
