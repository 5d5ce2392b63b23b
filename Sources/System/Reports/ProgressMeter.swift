/// Tells somebody how far a long piece of work is: how much is done, how fast, and the time that is left. One thread.
///
/// A terminal gets one line that is rewritten ten times a second; anything else a plain line every ten seconds, so that short
/// work says nothing.
package final class ProgressMeter {
    /// What is counted.
    package enum Unit: Sendable {
        case frames, bytes, pictures
        /// Pieces of work that take their time, such as the turns of a measurement.
        case turns
    }

    package enum Style: Sendable {
        /// For a terminal.
        case bar
        /// For a file or a pipe.
        case lines
        /// For who wants to hear nothing.
        case silent
    }

    /// What is to be shown.
    package enum Text: Equatable, Sendable {
        /// In place of the line that the cursor is on; empty to clear it.
        case rewritten(String)
        case line(String)
    }

    private let unit: Unit
    /// What is being done, and a blank.
    private let verb: String
    private let style: Style
    private let now: () -> MonotonicTime
    private let show: (Text) -> Void
    /// Since the first update: what was done before it does not count into the speed.
    private var start: (time: MonotonicTime, done: Int)?
    private var lastShown: MonotonicTime?
    private var isVisible = false

    /// - Parameters:
    ///   - verb: what is being done, such as `importing`.
    ///   - now: the clock; replaced by tests.
    ///   - show: called on the thread that updates.
    package init(
        _ unit: Unit, _ verb: String, _ style: Style, now: @escaping () -> MonotonicTime = { .now },
        show: @escaping (Text) -> Void
    ) {
        self.unit = unit
        self.verb = verb + " "
        self.style = style
        self.now = now
        self.show = show
    }

    /// - Parameters:
    ///   - done: in all so far; bytes, frames or turns.
    ///   - total: `nil` where it is not known.
    package func update(_ done: Int, of total: Int?) {
        guard style != .silent else { return }
        let now = now()
        guard let start, let lastShown else {
            start = (now, done)
            lastShown = now
            if style == .bar { draw(done, of: total, rate: 0) }
            return
        }
        guard now.milliseconds(since: lastShown) >= (style == .bar ? 100 : 10_000) else { return }
        self.lastShown = now
        let rate = 1000 * Double(done - start.done) / max(now.milliseconds(since: start.time), 1)
        if style == .bar {
            draw(done, of: total, rate: rate)
        } else {
            show(.line(verb + numbers(done, of: total, rate: rate)))
        }
    }

    /// Clears the line, so that what comes next starts on a fresh one.
    package func finish() {
        if isVisible { show(.rewritten("")) }
        isVisible = false
    }

    private func draw(_ done: Int, of total: Int?, rate: Double) {
        isVisible = true
        show(.rewritten(bar(done, of: total) + verb + numbers(done, of: total, rate: rate)))
    }

    private func bar(_ done: Int, of total: Int?) -> String {
        guard let total, total > 0 else { return "" }
        let width = 30
        let filled = min(width, max(0, width * done / total))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] "
    }

    /// - Parameter rate: a second; 0 where nothing can be said yet.
    private func numbers(_ done: Int, of total: Int?, rate: Double) -> String {
        guard let total, total > 0 else { return amount(done) + speed(rate) }
        return "\(number(done))/" + amount(total) + speed(rate) + timeLeft(total - done, rate)
    }

    private func speed(_ rate: Double) -> String {
        guard rate > 0 else { return "" }
        return switch unit {
        case .frames: ", \(rate.rounded(toPlaces: 1)) fps"
        case .bytes: ", \((rate / 1e6).rounded(toPlaces: 1)) MB/s"
        case .turns, .pictures: ""
        }
    }

    private func timeLeft(_ rest: Int, _ rate: Double) -> String {
        guard rate > 0, rest > 0 else { return "" }
        let seconds = Int((Double(rest) / rate).rounded(.up))
        return ", \(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60) left"
    }

    private func number(_ count: Int) -> Int { unit == .bytes ? count / 1_000_000 : count }

    private func amount(_ count: Int) -> String {
        switch unit {
        case .frames: "\(count) frames"
        case .bytes: "\(number(count)) MB"
        case .turns: "\(count) turns"
        case .pictures: "\(count) pictures"
        }
    }
}
