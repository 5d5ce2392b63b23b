import Driving
import Synchronization

/// Which step of the ladder a run is on. The capture queue turns it where that is left to it, the user does from any queue,
/// and the detecting and the generating queue read it for every frame.
package final class QualityDial: Sendable {
    private let index = Atomic(0)
    private let isAuto = Atomic(false)

    package init(_ choice: QualityChoice) { choose(choice) }

    /// ``QualityChoice/auto`` goes on from the step it finds.
    package func choose(_ choice: QualityChoice) {
        switch choice {
        case .auto: isAuto.store(true, ordering: .relaxed)
        case .fixed(let quality):
            isAuto.store(false, ordering: .relaxed)
            index.store(QualityStep.index(nearestTo: quality), ordering: .relaxed)
        }
    }

    package var isAutomatic: Bool { isAuto.load(ordering: .relaxed) }

    /// Of ``QualityStep/ladder``.
    var stepIndex: Int { index.load(ordering: .relaxed) }

    package var step: QualityStep { QualityStep.ladder[stepIndex] }

    /// Moves to another step, unless the user has chosen one meanwhile.
    func turn(to step: Int) {
        guard isAutomatic else { return }
        index.store(step, ordering: .relaxed)
    }

    /// For people: the step, and who chose it.
    package var summary: String { step.name + (isAutomatic ? " (auto)" : "") }
}
