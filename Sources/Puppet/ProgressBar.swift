import System

/// How much is done, how fast, and the time that is left, on one line of a terminal; nothing where standard error is not
/// one. One thread.
final class ProgressBar {
    /// What is counted.
    enum Unit {
        case frames, bytes
    }

    private let unit: Unit
    /// What is being done, and a blank.
    private let verb: String
    /// Since the first update: what was done before it does not count into the speed.
    private var start: (time: MonotonicTime, done: Int)?
    private var lastDrawn = MonotonicTime(nanoseconds: 0)
    private var isVisible = false

    /// - Parameter verb: what is being done, such as `importing`; `nil` where that is clear.
    init(_ unit: Unit, _ verb: String? = nil) {
        self.unit = unit
        self.verb = verb.map { $0 + " " } ?? ""
    }

    /// - Parameter total: `nil` where it is not known.
    func update(_ done: Int, of total: Int?) {
        guard StandardError.isTerminal else { return }
        let now = MonotonicTime.now
        let start = start ?? (now, done)
        self.start = start
        guard now.milliseconds(since: lastDrawn) >= 100 else { return }
        lastDrawn = now
        isVisible = true
        let seconds = max(now.milliseconds(since: start.time) / 1000, 1e-3)
        StandardError.rewrite(verb + line(done, of: total, rate: Double(done - start.done) / seconds))
    }

    /// Clears the line, so that what comes next starts on a fresh one.
    func finish() {
        if isVisible { StandardError.rewrite("") }
        isVisible = false
    }

    /// - Parameter rate: a second.
    private func line(_ done: Int, of total: Int?, rate: Double) -> String {
        let speed = unit == .frames ? "\(rate.rounded(toPlaces: 1)) fps" : "\(Int((rate / 1e6).rounded())) MB/s"
        guard let total, total > 0 else { return "\(amount(done)), \(speed)" }
        let width = 30
        let filled = min(width, width * done / total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let left = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
        let time = rate > 0 ? ", \(left / 60):" + (left % 60 < 10 ? "0" : "") + "\(left % 60) left" : ""
        return "[\(bar)] \(number(done))/\(amount(total)), \(speed)\(time)"
    }

    private func number(_ count: Int) -> Int { unit == .frames ? count : count / 1_000_000 }

    private func amount(_ count: Int) -> String { "\(number(count)) " + (unit == .frames ? "frames" : "MB") }
}
