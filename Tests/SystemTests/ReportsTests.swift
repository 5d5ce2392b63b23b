import System
import Testing

@Suite("Figures of reports")
struct ReportsTests {
    @Test func percentiles() {
        #expect(percentile(50, of: []) == 0)
        #expect(percentile(50, of: [3]) == 3)
        #expect(percentile(50, of: [5, 1, 3]) == 3)
        #expect(percentile(95, of: (1...100).map(Double.init)) == 95)
        #expect(percentile(50, of: [4, 1, 2, 3]) == 2)
        #expect(percentile(0, of: [4, 1]) == 1)
        #expect(percentile(100, of: [1, 2]) == 2)
    }

    @Test(arguments: [(1.25, 1, 1.3), (-1.25, 1, -1.3), (29.97002, 2, 29.97), (1.4999, 0, 1), (0.00012, 4, 0.0001)])
    func rounding(_ value: Double, _ places: Int, _ expected: Double) {
        #expect(value.rounded(toPlaces: places) == expected)
    }
}
