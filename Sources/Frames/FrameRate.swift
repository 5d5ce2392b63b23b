/// Frames per second as the fraction that video files write, for example 30000/1001.
package struct FrameRate: Hashable, Sendable, CustomStringConvertible {
    package let numerator: Int
    package let denominator: Int

    /// - Parameters: both at least 1.
    package init(_ numerator: Int, over denominator: Int = 1) {
        precondition(numerator > 0 && denominator > 0, "frame rate \(numerator)/\(denominator)")
        self.numerator = numerator
        self.denominator = denominator
    }

    package var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// How long after frame 0 frame `index` is shown, in nanoseconds; exact, so that a long clip does not drift.
    package func time(ofFrame index: Int) -> UInt64 {
        let (whole, rest) = (index * denominator).quotientAndRemainder(dividingBy: numerator)
        return UInt64(whole) * 1_000_000_000 + UInt64(rest) * 1_000_000_000 / UInt64(numerator)
    }

    package var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
