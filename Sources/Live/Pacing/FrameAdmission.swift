import Driving
import Foundation
import Frames
import System

/// Which of a source's frames are computed at all, and with how much work: `--fps`, `--cpu-budget` and `--quality`. One
/// queue owns a value.
struct FrameAdmission: Sendable {
    private let cap: Double?
    private var budget: CPUBudget?
    private let dial: QualityDial?
    private var controller: QualityController?
    /// Frames that `cap` let through.
    private var wanted = 0
    private var capDue: MonotonicTime?
    private var budgetDue: MonotonicTime?

    /// - Parameters:
    ///   - cap: most frames a second; `nil` is as many as come.
    ///   - budget: `nil` is the whole processor.
    ///   - dial: turned while it is automatic; `nil` where nothing may be missing.
    init(cap: FrameRate? = nil, budget: CPUBudget? = nil, dial: QualityDial? = nil) {
        self.cap = cap?.framesPerSecond
        self.budget = budget
        self.dial = dial
    }

    /// - Parameters:
    ///   - captured: of the frame in question, later than that of the one before.
    ///   - period: nanoseconds from one of the source's frames to the next.
    ///   - done: what has been computed so far.
    /// - Returns: why it is left out; `nil` lets it in.
    mutating func refuses(_ captured: MonotonicTime, period: UInt64, done: WorkDone) -> DropCause? {
        if budget != nil || dial != nil {
            let (now, used) = (MonotonicTime.now, MonotonicTime.processorNanoseconds)
            budget?.update(now: now, processorNanoseconds: used, frames: done.shown)
            turnDial(
                QualityController.Sample(
                    time: now, wanted: wanted, shown: done.shown, made: done.made, work: done.nanoseconds,
                    processorNanoseconds: used))
        }
        if let cap, !Self.isDue(captured, &capDue, rate: cap, period) { return .rateCap }
        wanted += 1
        if let limit = budget?.framesPerSecond, !Self.isDue(captured, &budgetDue, rate: limit, period) {
            return .processorBudget
        }
        return nil
    }

    private mutating func turnDial(_ sample: QualityController.Sample) {
        guard let dial, dial.isAutomatic else {
            controller = nil
            return
        }
        var controller =
            controller
            ?? QualityController(
                costs: QualityStep.ladder.map(\.cost), from: dial.stepIndex, share: budget?.share ?? 1,
                cores: ProcessInfo.processInfo.activeProcessorCount)
        if let factor = controller.update(sample) {
            budget?.costChanged(by: factor)
            dial.turn(to: controller.index)
        }
        self.controller = controller
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
