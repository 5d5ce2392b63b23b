import Frames

/// How a loopback camera's pictures lie in memory: BT.601, limited range, top row first.
public struct VirtualCameraLayout: Hashable, Sendable {
    /// How samples follow one another, by V4L2's names.
    public enum PixelFormat: Sendable {
        /// 4:2:2, interleaved: Y0 U Y1 V for every two pixels of a row.
        case yuyv
        /// 4:2:0, planes of Y, then U, then V; also called I420.
        case yu12
    }

    public let format: PixelFormat
    /// Even in both directions.
    public let size: FrameSize
    /// From a row to the next: at least `2 * width` for YUYV, `width` for the Y plane of YU12; U and V have half of that.
    public let bytesPerLine: Int

    /// - Parameter bytesPerLine: `nil` where rows follow each other without a gap.
    public init(_ format: PixelFormat, _ size: FrameSize, bytesPerLine: Int? = nil) {
        let shortest = Self.shortestLine(format, width: size.width)
        precondition(size.width.isMultiple(of: 2) && size.height.isMultiple(of: 2), "loopback picture of \(size)")
        precondition((bytesPerLine ?? shortest) >= shortest, "rows of \(bytesPerLine ?? 0) bytes for \(size)")
        self.format = format
        self.size = size
        self.bytesPerLine = bytesPerLine ?? shortest
    }

    public var byteCount: Int {
        switch format {
        case .yuyv: bytesPerLine * size.height
        case .yu12: bytesPerLine * size.height + bytesPerLine / 2 * size.height
        }
    }

    static func shortestLine(_ format: PixelFormat, width: Int) -> Int { format == .yuyv ? 2 * width : width }
}
