import Capture
import Testing

@testable import Display
@testable import Driving
@testable import Live

@Suite("The window's information panel")
struct WindowInfoTests {
    @Test func saysSpeedLatencyAndWhatWasDropped() {
        let clock = StageClock()
        var latency = LatencyHistogram()
        for milliseconds in 1...100 { latency.add(Double(milliseconds) - 0.25) }
        var counts = LiveCounts(read: 300, rendered: 200)
        counts.shownAgain = 7
        counts.dropped = [.detect: 90, .processorBudget: 10, .generate: 0]
        let info = WindowInfo(clock.reading, counts, quality: "fine (auto)", framesInPerSecond: 29.97, latency)
        #expect(
            info.text == """
                camera          30.0 fps
                pictures         0.0 fps
                detect           0.0 ms
                dense motion     0.0 ms
                generate         0.0 ms
                latency p50     50.0 ms
                latency p95     95.0 ms
                latency p99     99.0 ms
                frames in        300
                  over budget     10
                  too late        90
                shown again        7
                quality fine (auto)
                """)
    }
}
