/// Width and height of a picture, in pixels.
public struct FrameSize: Hashable, Sendable, CustomStringConvertible {
    public let width: Int
    public let height: Int

    /// - Parameters: both at least 1; anything read from a file is checked before it gets here.
    public init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "frame size \(width)x\(height)")
        self.width = width
        self.height = height
    }

    /// A size that a file claims: checked before anything is allocated for it.
    ///
    /// - Returns: `nil` unless both are at least 1 and the picture has at most ``mostPixels``.
    public init?(claimedWidth width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= Self.mostPixels else { return nil }
        self.init(width: width, height: height)
    }

    /// The largest picture that is read from a file: 64 megapixels, 192 MB as RGB.
    public static let mostPixels = 64_000_000

    public init(square side: Int) { self.init(width: side, height: side) }

    public var pixelCount: Int { width * height }
    public var description: String { "\(width)x\(height)" }
}
