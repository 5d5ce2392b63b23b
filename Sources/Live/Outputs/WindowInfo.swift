import Display
import Driving
import System

/// What the information panel says about speed and latency.
struct WindowInfo {
    let text: String

    /// - Parameters:
    ///   - quality: the step that pictures are made at.
    ///   - framesInPerSecond: that the source gave since the last time.
    ///   - latency: of the window's own pictures.
    init(
        _ reading: StageClock.Reading, _ counts: LiveCounts, quality: String, framesInPerSecond: Double,
        _ latency: LatencyHistogram
    ) {
        func line(_ name: String, _ value: String, _ unit: String? = nil) -> String {
            name.left(in: max(14, name.count + 1)) + value.right(in: 6) + (unit.map { " " + $0 } ?? "")
        }
        var lines = [
            line("camera", tenths(framesInPerSecond), "fps"), line("pictures", tenths(reading.framesPerSecond), "fps"),
        ]
        lines += reading.stages.map { line($0.name.rawValue.replacing("_", with: " "), tenths($0.milliseconds), "ms") }
        for percent in [50.0, 95, 99] {
            lines.append(line("latency p\(Int(percent))", tenths(latency.percentile(percent)), "ms"))
        }
        lines.append(line("frames in", "\(counts.read)"))
        for cause in DropCause.allCases {
            if let count = counts.dropped[cause], count > 0 { lines.append(line(cause.title, "\(count)")) }
        }
        if counts.shownAgain > 0 { lines.append(line("shown again", "\(counts.shownAgain)")) }
        lines.append("quality " + quality)
        text = lines.joined(separator: "\n")
    }
}

extension DropCause {
    /// For people, in a narrow column.
    fileprivate var title: String {
        switch self {
        case .rateCap: "  over --fps"
        case .processorBudget: "  over budget"
        case .detect: "  too late"
        case .generate: "  replaced"
        }
    }
}
