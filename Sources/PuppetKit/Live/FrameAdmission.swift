import Frames

/// Which of a source's frames are computed at all: `--fps` and `--cpu-budget`. One queue owns a value.
struct FrameAdmission: Sendable {
    private let cap: Double?
    private var budget: CPUBudget?
    private var capDue: MonotonicTime?
    private var budgetDue: MonotonicTime?

    /// - Parameters:
    ///   - cap: most frames a second; `nil` is as many as come.
    ///   - budget: `nil` is the whole processor.
    init(cap: FrameRate? = nil, budget: CPUBudget? = nil) {
        self.cap = cap?.framesPerSecond
        self.budget = budget
    }

    /// - Parameters:
    ///   - captured: of the frame in question, later than that of the one before.
    ///   - period: nanoseconds from one of the source's frames to the next.
    ///   - frames: how many have been computed so far.
    /// - Returns: why it is left out; `nil` lets it in.
    mutating func refuses(_ captured: MonotonicTime, period: UInt64, frames: Int) -> DropCause? {
        if budget != nil {
            budget?.update(
                now: .now, processorNanoseconds: CPUBudget.processorNanoseconds, frames: frames)
        }
        if let cap, !Self.isDue(captured, &capDue, rate: cap, period) { return .rateCap }
        if let limit = budget?.framesPerSecond, !Self.isDue(captured, &budgetDue, rate: limit, period) {
            return .processorBudget
        }
        return nil
    }

    /// Keeps to a grid of `rate`: the frame nearest to each of its points is due.
    private static func isDue(
        _ captured: MonotonicTime, _ due: inout MonotonicTime?, rate: Double, _ period: UInt64
    ) -> Bool {
        let step = UInt64(1e9 / rate)
        guard let next = due else {
            due = captured.advanced(byNanoseconds: step)
            return true
        }
        guard captured.advanced(byNanoseconds: period / 2) > next else { return false }
        let onGrid = next.advanced(byNanoseconds: step)
        due = onGrid > captured ? onGrid : captured.advanced(byNanoseconds: step)
        return true
    }
}

/// Why a frame was not computed, or a picture not shown.
package enum DropCause: String, CaseIterable, Sendable, CodingKeyRepresentable {
    /// `--fps` asks for fewer.
    case rateCap = "fps_cap"
    /// `--cpu-budget` does.
    case processorBudget = "cpu_budget"
    /// A newer frame came before detection began.
    case detect
    /// A newer frame was detected before generation began.
    case generate
}
