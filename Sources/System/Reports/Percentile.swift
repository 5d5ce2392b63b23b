/// The value that `percent` of `values` do not exceed, by the nearest rank; 0 where there are none.
///
/// - Parameter percent: 0...100.
package func percentile(_ percent: Double, of values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[nearestRank(percent, of: values.count) - 1]
}

/// Which of `count` sorted values a percentile is, from 1.
///
/// - Parameters:
///   - percent: 0...100.
///   - count: at least 1.
package func nearestRank(_ percent: Double, of count: Int) -> Int {
    max(1, Int((Double(count) * percent / 100).rounded(.up)))
}
