import Driving
import Synchronization

/// Counts that several queues add to.
final class FrameCounters: Sendable {
    let read = Atomic(0)
    let rendered = Atomic(0)
    private let shownAgain = Atomic(0)
    private let atStep = Mutex([Int](repeating: 0, count: QualityStep.ladder.count))
    /// Nanoseconds spent on pictures that were made.
    private let work = Atomic<UInt64>(0)
    private let overRate = Atomic(0)
    private let overBudget = Atomic(0)

    func count(_ picture: RenderedFrame) {
        rendered.wrappingAdd(1, ordering: .relaxed)
        atStep.withLock { $0[picture.work.step.index] += 1 }
        if picture.work.computed == 0 {
            shownAgain.wrappingAdd(1, ordering: .relaxed)
        } else {
            work.wrappingAdd(UInt64(picture.times.compute * 1e6), ordering: .relaxed)
        }
    }

    var done: WorkDone {
        let shown = rendered.load(ordering: .relaxed)
        return WorkDone(
            shown: shown, made: shown - shownAgain.load(ordering: .relaxed), nanoseconds: work.load(ordering: .relaxed))
    }

    func refused(_ cause: DropCause) {
        if cause == .rateCap {
            overRate.wrappingAdd(1, ordering: .relaxed)
        } else {
            overBudget.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// What is counted here; the stages add their own.
    var counts: LiveCounts {
        var counts = LiveCounts()
        counts.read = read.load(ordering: .relaxed)
        counts.rendered = rendered.load(ordering: .relaxed)
        counts.shownAgain = shownAgain.load(ordering: .relaxed)
        // A copy of its own: counting on must not have to make one.
        counts.atStep = atStep.withLock { steps in steps.map { $0 } }
        counts.dropped[.rateCap] = overRate.load(ordering: .relaxed)
        counts.dropped[.processorBudget] = overBudget.load(ordering: .relaxed)
        return counts
    }
}
