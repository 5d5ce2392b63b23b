import Frames

/// How a Y4M stream samples colour: the layouts of its `C` tag that we read, all 8 bits a sample.
///
/// Raw values are the tag's; siting as mjpegtools and FFmpeg understand it.
enum ChromaLayout: String, CaseIterable, Sendable {
    case jpeg420 = "420jpeg"
    case mpeg420 = "420mpeg2"
    case plain420 = "420"
    case dv420 = "420paldv"
    case full422 = "422"
    case full444 = "444"
    case mono

    /// Where chroma samples lie along one axis.
    enum Siting: Sendable {
        /// One for each luma sample.
        case everySample
        /// One for two luma samples, at the first of them.
        case onFirst
        /// One for two luma samples, half way between them.
        case between
    }

    var horizontal: Siting {
        switch self {
        case .jpeg420: .between
        case .mpeg420, .plain420, .dv420, .full422: .onFirst
        case .full444, .mono: .everySample
        }
    }

    var vertical: Siting {
        switch self {
        case .jpeg420, .mpeg420, .plain420: .between
        case .dv420: .onFirst
        case .full422, .full444, .mono: .everySample
        }
    }

    /// Size of one of the two chroma planes; `nil` where there are none.
    func chromaSize(of size: FrameSize) -> FrameSize? {
        guard self != .mono else { return nil }
        return FrameSize(
            width: horizontal == .everySample ? size.width : (size.width + 1) / 2,
            height: vertical == .everySample ? size.height : (size.height + 1) / 2)
    }

    /// Bytes of one frame: the Y plane, then Cb, then Cr, rows contiguous.
    func byteCount(of size: FrameSize) -> Int { size.pixelCount + 2 * (chromaSize(of: size)?.pixelCount ?? 0) }
}
