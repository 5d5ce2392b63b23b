import Testing

/// Compares two tensors element by element; a failure says how far apart they are and where.
package func expectClose(
    _ actual: some Collection<Float>, _ expected: some Collection<Float>, within tolerance: Float, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record("\(what): \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    var worst: (difference: Float, index: Int, actual: Float, expected: Float) = (0, 0, 0, 0)
    for (index, (one, other)) in zip(actual, expected).enumerated() {
        let difference = (one - other).isNaN ? Float.infinity : abs(one - other)
        if difference > worst.difference { worst = (difference, index, one, other) }
    }
    #expect(
        worst.difference <= tolerance,
        "\(what): off by \(worst.difference) at \(worst.index): \(worst.actual), expected \(worst.expected)",
        sourceLocation: sourceLocation)
}
