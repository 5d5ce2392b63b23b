import CV4L2
import Frames

/// Four letters that name how pixels lie in memory.
struct FourCC: Hashable, Sendable, CustomStringConvertible {
    let code: UInt32

    init(code: UInt32) { self.code = code }

    /// - Parameter name: four ASCII letters.
    init(_ name: StaticString) {
        precondition(name.utf8CodeUnitCount == 4, "FourCC \(name)")
        code = (0..<4).reduce(0) { $0 | UInt32(name.utf8Start[$1]) << (8 * $1) }
    }

    /// Letters that nobody can read are shown as `?`; the high bit, which marks big-endian formats, is left out.
    var description: String {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
        return String(decoding: letters.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

/// The formats of cameras that we read ourselves; where a camera has none of them, libv4l makes `rgb24` of what it has.
///
/// In the order in which they are preferred when all else is equal: colour at full resolution first, then what costs
/// least to read. Raw values are the names that users give.
package enum CameraFormat: String, CaseIterable, Sendable {
    case yuyv, nv12, i420, rgb24, mjpeg, grey

    init?(_ code: FourCC) {
        guard let format = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = format
    }

    var code: FourCC {
        switch self {
        case .yuyv: FourCC("YUYV")
        case .nv12: FourCC("NV12")
        case .i420: FourCC("YU12")
        case .rgb24: FourCC("RGB3")
        case .mjpeg: FourCC("MJPG")
        case .grey: FourCC("GREY")
        }
    }

    /// Bytes of a row of the first plane without padding; 0 where there are no rows.
    func leastBytesPerLine(_ width: Int) -> Int {
        switch self {
        case .yuyv: 4 * ((width + 1) / 2)
        case .nv12: 2 * ((width + 1) / 2)  // its rows of chroma, which have pairs, are as far apart
        case .i420, .grey: width
        case .rgb24: 3 * width
        case .mjpeg: 0
        }
    }
}

/// What a camera has been set to send, as it says itself.
struct StreamFormat: Equatable, Sendable {
    let format: CameraFormat
    let size: FrameSize
    /// Bytes from one row of the first plane to the next, at least a row's pixels.
    let bytesPerLine: Int
    let encoding: YUVEncoding
    /// 0...255 rather than 16...235, which is broadcasting's.
    let isFullRange: Bool

    init(
        _ format: CameraFormat, _ size: FrameSize, bytesPerLine: Int = 0, encoding: YUVEncoding = .bt601,
        isFullRange: Bool? = nil
    ) {
        self.format = format
        self.size = size
        self.bytesPerLine = max(bytesPerLine, format.leastBytesPerLine(size.width))  // drivers may leave it at 0
        self.encoding = encoding
        self.isFullRange = isFullRange ?? (format == .rgb24 || format == .mjpeg)
    }

    /// - Returns: `nil` for a format that we do not read or a size that makes no sense.
    init?(_ answer: v4l2_pix_format) {
        guard let format = CameraFormat(FourCC(code: answer.pixelformat)),
            let size = FrameSize(claimedWidth: Int(answer.width), height: Int(answer.height)),
            answer.bytesperline <= 1 << 20
        else { return nil }
        let isRGB = format == .rgb24 || format == .mjpeg
        let isFullRange =
            switch answer.quantization {
            case V4L2_QUANTIZATION_FULL_RANGE.rawValue: true
            case V4L2_QUANTIZATION_LIM_RANGE.rawValue: false
            default: isRGB || answer.colorspace == V4L2_COLORSPACE_JPEG.rawValue
            }
        self.init(
            format, size, bytesPerLine: Int(answer.bytesperline), encoding: Self.encoding(answer),
            isFullRange: isFullRange)
    }

    /// As V4L2_MAP_YCBCR_ENC_DEFAULT: what a camera does not say follows from its colour space.
    private static func encoding(_ answer: v4l2_pix_format) -> YUVEncoding {
        switch answer.ycbcr_enc {
        case V4L2_YCBCR_ENC_601.rawValue, V4L2_YCBCR_ENC_XV601.rawValue: return .bt601
        case V4L2_YCBCR_ENC_709.rawValue, V4L2_YCBCR_ENC_XV709.rawValue: return .bt709
        case V4L2_YCBCR_ENC_BT2020.rawValue, V4L2_YCBCR_ENC_BT2020_CONST_LUM.rawValue: return .bt2020
        case V4L2_YCBCR_ENC_SMPTE240M.rawValue: return .smpte240
        default: break
        }
        switch answer.colorspace {
        case V4L2_COLORSPACE_REC709.rawValue, V4L2_COLORSPACE_DCI_P3.rawValue: return .bt709
        case V4L2_COLORSPACE_BT2020.rawValue: return .bt2020
        case V4L2_COLORSPACE_SMPTE240M.rawValue: return .smpte240
        default: return .bt601
        }
    }

    /// Fewer bytes than this are not a picture.
    var leastByteCount: Int {
        let (width, height) = (size.width, size.height)
        let chromaRows = (height + 1) / 2
        let firstPlane = bytesPerLine * (height - 1) + format.leastBytesPerLine(width)
        return switch format {
        case .yuyv, .rgb24, .grey: firstPlane
        case .nv12: bytesPerLine * (height + chromaRows - 1) + 2 * ((width + 1) / 2)
        case .i420: bytesPerLine * height + chromaStride * (2 * chromaRows - 1) + (width + 1) / 2
        case .mjpeg: 4
        }
    }

    /// Of I420's smaller planes: half as long as the first one's rows, padding included.
    var chromaStride: Int { (bytesPerLine + 1) / 2 }
}
