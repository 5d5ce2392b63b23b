import Driving
import System

/// Frames, frames per second and time left, on one line of a terminal; nothing where standard error is not one.
final class ProgressBar {
    private let start = MonotonicTime.now
    private var lastDrawn = MonotonicTime(nanoseconds: 0)
    private var isVisible = false

    func update(_ progress: Animator.Progress) {
        guard StandardError.isTerminal else { return }
        let now = MonotonicTime.now
        guard now.milliseconds(since: lastDrawn) >= 100 else { return }
        lastDrawn = now
        isVisible = true
        StandardError.rewrite(Self.line(progress, seconds: now.milliseconds(since: start) / 1000))
    }

    /// Clears the line, so that what comes next starts on a fresh one.
    func finish() {
        if isVisible { StandardError.rewrite("") }
    }

    private static func line(_ progress: Animator.Progress, seconds: Double) -> String {
        let rate = Double(progress.framesDone) / max(seconds, 1e-3)
        let speed = "\((rate * 10).rounded() / 10) fps"
        guard let total = progress.framesInAll, total > 0 else { return "\(progress.framesDone) frames, \(speed)" }
        let width = 30
        let filled = min(width, width * progress.framesDone / total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let left = Int((Double(total - progress.framesDone) / max(rate, 1e-3)).rounded(.up))
        let time = "\(left / 60):" + (left % 60 < 10 ? "0" : "") + "\(left % 60) left"
        return "[\(bar)] \(progress.framesDone)/\(total) frames, \(speed), \(time)"
    }
}
