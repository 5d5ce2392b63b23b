import Testing

@testable import Capture

@Suite("The test camera's script")
struct TestCameraScriptTests {
    private let round = (0...1200).map { TestCamera.pose(atTime: Double($0) / 100) }

    @Test func startsAndEndsNeutral() {
        #expect(TestCamera.pose(atTime: 0) == .neutral)
        #expect(TestCamera.pose(atTime: TestCamera.scriptDuration) == .neutral)
    }

    @Test func movesWithinTwoSeconds() {
        let early = round.prefix(200).map { abs($0.yaw) }.max() ?? 0
        #expect(early > 10, "yaw reaches only \(early) degrees in the first two seconds")
    }

    private static let ranges: [(String, KeyPath<TestCamera.Pose, Double> & Sendable, ClosedRange<Double>)] = [
        ("yaw", \.yaw, -25...25), ("pitch", \.pitch, -12...12), ("roll", \.roll, -12...12), ("x", \.x, -0.08...0.08),
        ("y", \.y, -0.04...0.08), ("blink", \.blink, 0...1), ("mouth", \.mouth, 0...1),
        ("brows", \.brows, 0...1), ("gaze", \.gaze, -1...1),
    ]

    @Test func coversItsRanges() {
        for (name, value, range) in Self.ranges {
            let values = round.map { $0[keyPath: value] }
            let (least, most) = (values.min() ?? 0, values.max() ?? 0)
            let slack = 0.02 * (range.upperBound - range.lowerBound)
            let isCovered = abs(least - range.lowerBound) <= slack && abs(most - range.upperBound) <= slack
            #expect(isCovered, "\(name): \(least)...\(most), should be \(range)")
        }
    }

    /// No joint may jump by more in a hundredth of a second than a person's would.
    @Test func neverJumps() {
        for (now, next) in zip(round, round.dropFirst()) {
            #expect(abs(next.yaw - now.yaw) < 2 && abs(next.pitch - now.pitch) < 2 && abs(next.roll - now.roll) < 2)
            #expect(abs(next.x - now.x) < 0.01 && abs(next.y - now.y) < 0.01)
            #expect(abs(next.blink - now.blink) < 0.2 && abs(next.mouth - now.mouth) < 0.2)
            #expect(abs(next.brows - now.brows) < 0.1 && abs(next.gaze - now.gaze) < 0.1)
        }
    }

    @Test func repeatsAfterItsDuration() {
        for time in stride(from: 0.0, to: 12, by: 0.37) {
            let (first, second) = (TestCamera.pose(atTime: time), TestCamera.pose(atTime: time + 12))
            #expect(abs(first.yaw - second.yaw) < 1e-9, "at \(time) s")
        }
    }
}
