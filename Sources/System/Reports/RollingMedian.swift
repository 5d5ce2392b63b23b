/// The median of the last values of a series, in memory of fixed size.
package struct RollingMedian: Sendable {
    private var values: [Double] = []
    private var next = 0
    private let window: Int

    /// - Parameter window: how many values it is of, at least 1.
    package init(of window: Int) {
        precondition(window > 0, "a median of \(window) values")
        self.window = window
        values.reserveCapacity(window)
    }

    package mutating func add(_ value: Double) {
        if values.count < window {
            values.append(value)
        } else {
            values[next] = value
            next = (next + 1) % window
        }
    }

    /// 0 before the first value.
    package var median: Double { percentile(50, of: values) }

    package var isEmpty: Bool { values.isEmpty }
}
