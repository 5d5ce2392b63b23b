/// Width and height of a picture, in pixels.
package struct FrameSize: Hashable, Sendable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    /// - Parameters: both at least 1; anything read from a file is checked before it gets here.
    package init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "frame size \(width)x\(height)")
        self.width = width
        self.height = height
    }

    /// A size that a file claims: checked before anything is allocated for it.
    ///
    /// - Returns: `nil` unless both are at least 1 and the picture has at most ``mostPixels``.
    package init?(claimedWidth width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= Self.mostPixels else { return nil }
        self.init(width: width, height: height)
    }

    /// The largest picture that is read from a file: 64 megapixels, 192 MB as RGB.
    package static let mostPixels = 64_000_000

    package init(square side: Int) { self.init(width: side, height: side) }

    package var pixelCount: Int { width * height }
    package var description: String { "\(width)x\(height)" }
}
