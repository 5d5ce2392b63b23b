/// Frames per second as the fraction that video files write, for example 30000/1001.
public struct FrameRate: Hashable, Sendable, CustomStringConvertible {
    public let numerator: Int
    public let denominator: Int

    /// - Parameters: both at least 1.
    public init(_ numerator: Int, over denominator: Int = 1) {
        precondition(numerator > 0 && denominator > 0, "frame rate \(numerator)/\(denominator)")
        self.numerator = numerator
        self.denominator = denominator
    }

    public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// How long after frame 0 frame `index` is shown, in nanoseconds; exact, so that a long clip does not drift.
    public func time(ofFrame index: Int) -> UInt64 {
        let (whole, rest) = (index * denominator).quotientAndRemainder(dividingBy: numerator)
        return UInt64(whole) * 1_000_000_000 + UInt64(rest) * 1_000_000_000 / UInt64(numerator)
    }

    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
