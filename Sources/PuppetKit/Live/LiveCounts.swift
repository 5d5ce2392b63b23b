import Synchronization

/// What became of a run's frames so far. Frames in are frames out, those dropped, and the few under way.
package struct LiveCounts: Sendable, Equatable {
    /// Read from the source.
    package var read = 0
    /// Turned into pictures.
    package var rendered = 0
    /// Never turned into a picture.
    package var dropped: [DropCause: Int] = [:]
    /// Pictures that a newer one replaced at an output, by its name.
    package var droppedAtOutputs: [String: Int] = [:]
}

/// Counts that several queues add to.
final class FrameCounters: Sendable {
    let read = Atomic(0)
    let rendered = Atomic(0)
    private let overRate = Atomic(0)
    private let overBudget = Atomic(0)

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
        counts.dropped[.rateCap] = overRate.load(ordering: .relaxed)
        counts.dropped[.processorBudget] = overBudget.load(ordering: .relaxed)
        return counts
    }
}
