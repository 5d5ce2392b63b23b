import Testing

@testable import Live

@Suite("A median of the newest values")
struct RollingMedianTests {
    @Test func aRollingMedianForgets() {
        var median = RollingMedian()
        #expect(median.median == 0)
        for _ in 0..<StageClock.window { median.add(1) }
        for _ in 0..<StageClock.window { median.add(7) }
        #expect(median.median == 7)
    }
}
