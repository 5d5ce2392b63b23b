import CV4L2

/// The formats of cameras that we read ourselves; where a camera has none of them, libv4l makes `rgb24` of what it has.
///
/// In the order in which they are preferred when all else is equal: colour at full resolution first, then what costs
/// least to read. Raw values are the names that users give.
public enum CameraFormat: String, CaseIterable, Sendable {
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
