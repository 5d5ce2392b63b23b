import Testing

@testable import System

@Suite("A median of the newest values")
struct RollingMedianTests {
    @Test func aRollingMedianForgets() {
        var median = RollingMedian(of: 5)
        #expect(median.median == 0 && median.isEmpty)
        for _ in 0..<5 { median.add(1) }
        for _ in 0..<3 { median.add(7) }
        #expect(median.median == 7)
    }
}
