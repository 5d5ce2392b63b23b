import System

/// Megabytes done, and how fast, on one line of a terminal; nothing where standard error is not one.
final class ByteProgressBar {
    private let verb: String
    private var start: MonotonicTime?
    private var first = 0
    private var lastDrawn = MonotonicTime(nanoseconds: 0)
    private var isVisible = false

    /// - Parameter verb: what is being done, such as `importing`.
    init(_ verb: String) { self.verb = verb }

    /// - Parameter total: `nil` where it is not known.
    func update(_ done: Int, of total: Int?) {
        guard StandardError.isTerminal else { return }
        let now = MonotonicTime.now
        let start = start ?? now
        if self.start == nil { (self.start, first) = (start, done) }
        guard now.milliseconds(since: lastDrawn) >= 100 else { return }
        lastDrawn = now
        isVisible = true
        let rate = Double(done - first) / max(now.milliseconds(since: start), 1) / 1000
        let speed = "\(Int(rate.rounded())) MB/s"
        guard let total, total > 0 else { return StandardError.rewrite("\(verb) \(done / 1_000_000) MB, \(speed)") }
        let width = 30
        let filled = min(width, width * done / total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        StandardError.rewrite("\(verb) [\(bar)] \(done / 1_000_000)/\(total / 1_000_000) MB, \(speed)")
    }

    /// Clears the line, so that what comes next starts on a fresh one.
    func finish() {
        if isVisible { StandardError.rewrite("") }
        isVisible = false
    }
}
