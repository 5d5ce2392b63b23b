import CHEIF
import System

/// HEIC and AVIF, the primary picture of a file, through libheif where that is installed.
enum HEIFDecoder {
    /// - Parameter format: what the file is called by people.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ format: String, path: String
    ) throws(FrameError) -> PixelBuffer {
        guard let start = bytes.baseAddress else {
            throw .damagedPicture(format, path: path, reason: "it is empty")
        }
        var picture = puppet_heif_picture()
        defer { puppet_heif_release(&picture) }
        switch puppet_heif_decode(start, bytes.count, FrameSize.mostPixels, &picture) {
        case PUPPET_HEIF_DONE: break
        case PUPPET_HEIF_MISSING:
            throw FrameError(
                .notAPicture, path, "reading \(format) takes libheif, which is not installed",
                hint: "install libheif (on Debian libheif1), or convert it to PNG or JPEG")
        case PUPPET_HEIF_FAILED:
            let reason = withUnsafeBytes(of: picture.reason) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw .damagedPicture(format, path: path, reason: reason)
        default: break
        }
        let size = try FrameSize(
            pictureWidth: Int(picture.width), height: Int(picture.height), path: path)
        guard let pixels = picture.pixels, picture.stride >= 4 * picture.width else {
            throw .damagedPicture(format, path: path, reason: "there are no pixels")
        }
        let stride = Int(picture.stride)
        return PixelBuffer(size: size) { rgb in
            let row = 3 * size.width
            for y in 0..<size.height {
                let rgba = UnsafeRawBufferPointer(start: pixels + y * stride, count: 4 * size.width)
                AlphaBlend.overGrey(rgba, into: UnsafeMutableRawBufferPointer(rebasing: rgb[y * row..<(y + 1) * row]))
            }
        }
    }
}
