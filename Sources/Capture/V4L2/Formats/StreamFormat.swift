import CV4L2
import Frames

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
