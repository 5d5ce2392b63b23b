import CTurboJPEG
import Glibc
import System

/// Owns a TurboJPEG decompressor.
public struct JPEGDecompressor: ~Copyable {
    private let handle: tjhandle

    public init() {
        guard let handle = tjInitDecompress() else { preconditionFailure("TurboJPEG: out of memory") }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    func header(
        _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(FrameError) -> (width: Int, height: Int, isCMYK: Bool) {
        var (width, height, subsampling, colours) = (CInt(0), CInt(0), CInt(-1), CInt(-1))
        let result = tjDecompressHeader3(
            handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), &width, &height, &subsampling,
            &colours)
        // An unusual chroma subsampling makes this call fail after it has filled in the rest, and decodes well.
        guard result == 0 || colours >= 0 else { throw .damagedPicture("JPEG", path: path, reason: message) }
        guard width > 0, height > 0 else {  // only tables, which TurboJPEG accepts
            throw .damagedPicture("JPEG", path: path, reason: "there is no image in it")
        }
        let isCMYK = colours == CInt(TJCS_CMYK.rawValue) || colours == CInt(TJCS_YCCK.rawValue)
        return (Int(width), Int(height), isCMYK)
    }

    /// A mere warning counts as failure: TurboJPEG fills the missing part of a picture that is cut short with grey, and
    /// says so only that way.
    func decompress(
        _ bytes: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer, _ size: FrameSize, format: TJPF,
        path: String
    ) throws(FrameError) {
        let result = tjDecompress2(
            handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count),
            memory.bindMemory(to: UInt8.self).baseAddress, CInt(size.width), 0, CInt(size.height),
            CInt(format.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
        guard result == 0 else { throw .damagedPicture("JPEG", path: path, reason: message) }
    }

    private var message: String { String(cString: tjGetErrorStr2(handle)) }

    /// How a picture of Motion JPEG came out.
    public enum VideoPicture: Sendable {
        case whole
        /// With something out of order that leaves it whole: many cameras put stray bytes before a marker.
        case wholeWithStrayBytes
        /// Cut short, damaged, or of another size.
        case damaged
    }

    /// One picture of a camera's Motion JPEG, where most leave the Huffman tables out.
    ///
    /// - Parameters:
    ///   - size: what the picture is to have.
    ///   - divisor: 1, 2, 4 or 8: by how much it is made smaller both ways, `size` divisible by it. Costs less than the
    ///     whole picture; TurboJPEG's other fractions cost more, they have no vector code.
    ///   - rgb: 3 bytes for each pixel of the result; where it is `.damaged` they may have been written in part.
    public func decodeVideoPicture(
        _ bytes: UnsafeRawBufferPointer, _ size: FrameSize, dividedBy divisor: Int = 1,
        into rgb: UnsafeMutableRawBufferPointer
    ) -> VideoPicture {
        let result = FrameSize(width: size.width / divisor, height: size.height / divisor)
        precondition(rgb.count == 3 * result.pixelCount, "a picture of \(result) into \(rgb.count) bytes")
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        var (width, height, subsampling, colours) = (CInt(0), CInt(0), CInt(-1), CInt(-1))
        let header = tjDecompressHeader3(handle, start, UInt(bytes.count), &width, &height, &subsampling, &colours)
        guard header == 0 || colours >= 0, Int(width) == size.width, Int(height) == size.height else { return .damaged }
        let status = tjDecompress2(
            handle, start, UInt(bytes.count), rgb.bindMemory(to: UInt8.self).baseAddress, CInt(result.width), 0,
            CInt(result.height), CInt(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
        return status == 0 ? .whole : hasOnlyStrayBytes ? .wholeWithStrayBytes : .damaged
    }

    /// TurboJPEG keeps the first warning, and tells warnings apart by their text alone. Compared in place: a message as
    /// a String would be memory for every frame.
    private var hasOnlyStrayBytes: Bool {
        guard tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue), let text = tjGetErrorStr2(handle) else {
            return false
        }
        return strstr(text, "extraneous bytes before marker") != nil || strstr(text, "Invalid SOS parameters") != nil
    }
}
