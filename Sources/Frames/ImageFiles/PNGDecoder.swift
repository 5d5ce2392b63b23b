import CPNG
import System

/// PNG of every colour type and depth, through libpng's simplified API.
enum PNGDecoder {
    static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(FrameError) -> PixelBuffer {
        let chunks = PNGChunks(bytes)
        guard chunks.fitTheFile else {
            throw .damagedPicture("PNG", path: path, reason: "a chunk claims more bytes than the file has")
        }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
            throw .damagedPicture("PNG", path: path, reason: message(of: image))
        }
        let size = try FrameSize(pictureWidth: Int(image.width), height: Int(image.height), path: path)
        // Without this, 16-bit files that do not say otherwise are taken as linear light and come out too bright.
        image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)

        let hasAlpha = image.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA) != 0
        let pixels: PixelBuffer
        if hasAlpha {
            let rgba = UnsafeMutableRawBufferPointer.allocate(byteCount: size.pixelCount * 4, alignment: 16)
            defer { rgba.deallocate() }
            try finish(&image, format: PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA, into: rgba, path: path)
            pixels = PixelBuffer(size: size) { AlphaBlend.overGrey(UnsafeRawBufferPointer(rgba), into: $0) }
        } else {
            pixels = try PixelBuffer(size: size) { (rgb) throws(FrameError) in
                try finish(&image, format: PNG_FORMAT_FLAG_COLOR, into: rgb, path: path)
            }
        }
        return chunks.orientation.applied(to: pixels)
    }

    private static func finish(
        _ image: inout png_image, format: UInt32, into memory: UnsafeMutableRawBufferPointer, path: String
    ) throws(FrameError) {
        image.format = png_uint_32(format)
        guard png_image_finish_read(&image, nil, memory.baseAddress, 0, nil) != 0 else {
            throw .damagedPicture("PNG", path: path, reason: message(of: image))
        }
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
