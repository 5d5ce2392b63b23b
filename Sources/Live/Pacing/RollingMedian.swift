import Synchronization
import System

/// The last values of a series, in memory of fixed size.
struct RollingMedian: Sendable {
    private var values: [Double] = []
    private var next = 0

    init() { values.reserveCapacity(StageClock.window) }

    mutating func add(_ value: Double) {
        if values.count < StageClock.window {
            values.append(value)
        } else {
            values[next] = value
            next = (next + 1) % values.count
        }
    }

    /// 0 before the first value.
    var median: Double { percentile(50, of: values) }
}
