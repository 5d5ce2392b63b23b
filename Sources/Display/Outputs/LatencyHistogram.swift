import System

/// How often which latency occurred, in memory of fixed size: half a millisecond per bin, everything from two seconds on
/// in the last.
public struct LatencyHistogram: Sendable {
    private var bins = [UInt32](repeating: 0, count: 4001)
    public private(set) var count = 0

    private static let binsPerMillisecond = 2.0

    public init() {}

    /// - Parameter milliseconds: negative counts as 0.
    public mutating func add(_ milliseconds: Double) {
        let bin = Int(min(Double(bins.count - 1), max(0, milliseconds * Self.binsPerMillisecond)))
        bins[bin] &+= 1
        count += 1
    }

    /// All that another one has counted.
    public mutating func add(_ other: LatencyHistogram) {
        for bin in bins.indices { bins[bin] &+= other.bins[bin] }
        count += other.count
    }

    /// The latency that `percent` of all frames stay within, in milliseconds; 0 before the first one.
    ///
    /// - Parameter percent: 0...100.
    public func percentile(_ percent: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = nearestRank(percent, of: count)
        var seen = 0
        for (bin, frames) in bins.enumerated() {
            seen += Int(frames)
            if seen >= rank { return Double(bin + 1) / Self.binsPerMillisecond }
        }
        return Double(bins.count) / Self.binsPerMillisecond
    }
}
