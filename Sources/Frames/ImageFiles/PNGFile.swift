import CPNG
import System

/// Writes pictures as PNG. Any queue may call it.
public enum PNGFile {
    /// Writes `frame` under `path`, where it appears complete or not at all.
    ///
    /// - Throws: `FrameError` `.cannotWrite`.
    public static func write(_ frame: Frame, to path: String) throws(FrameError) {
        try write(encode(frame.pixels), to: path)
    }

    /// The same with what ``encode(_:)`` has made of it.
    public static func write(_ bytes: [UInt8], to path: String) throws(FrameError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// The bytes of an 8-bit RGB PNG; the same picture gives the same bytes.
    public static func encode(_ pixels: PixelBuffer) -> [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(pixels.size.width)
        image.height = png_uint_32(pixels.size.height)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }
        let capacity = mostBytes(for: pixels.size)
        return [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            var written = png_alloc_size_t(capacity)
            let result = pixels.withBytes { source in
                png_image_write_to_memory(&image, memory.baseAddress, &written, 0, source.baseAddress, 0, nil)
            }
            precondition(result != 0, "libpng cannot encode a \(pixels.size) picture into \(capacity) bytes")
            count = Int(written)
        }
    }

    /// Room for a picture that does not compress at all: zlib's bound, a chunk header for each 8 KiB, the other chunks.
    private static func mostBytes(for size: FrameSize) -> Int {
        let raw = (3 * size.width + 1) * size.height
        return raw + raw / 256 + 4096
    }
}
