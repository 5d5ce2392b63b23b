import Synchronization

/// What became of a run's frames so far. Frames in are frames out, those dropped, and the few under way.
package struct LiveCounts: Sendable, Equatable {
    /// Read from the source.
    package var read = 0
    /// Turned into pictures.
    package var rendered = 0
    /// Of those, the ones for which the picture before was shown again.
    package var shownAgain = 0
    /// Of those, by step of ``QualityStep/ladder``.
    package var atStep = [Int](repeating: 0, count: QualityStep.ladder.count)
    /// Never turned into a picture.
    package var dropped: [DropCause: Int] = [:]
    /// Pictures that a newer one replaced at an output, by its name.
    package var droppedAtOutputs: [String: Int] = [:]
}

/// What a run has computed so far.
struct WorkDone: Sendable {
    /// Pictures, made or shown again.
    var shown = 0
    /// Pictures that were made.
    var made = 0
    /// That the stages spent on those.
    var nanoseconds: UInt64 = 0
}

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
