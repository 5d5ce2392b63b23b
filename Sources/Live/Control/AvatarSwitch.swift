import Dispatch
import Driving
import FOMMCore
import Flow
import Synchronization

/// Reads and encodes avatars while the current one goes on being shown.
///
/// Has a queue and a detector of its own, so that a switch takes nothing from the frame path but a share of the cores.
final class AvatarSwitch: Sendable {
    private struct State {
        let reader: AvatarReader
        var list: AvatarList
        var current = 0
    }

    private let queue = DispatchQueue(label: "puppet.avatars", qos: .userInitiated)
    private let state: QueueBound<State>
    private let deliver: @Sendable (Avatar) -> Void
    /// 0 while the folder is being read again.
    private let knownCount: Atomic<Int>

    /// - Parameter deliver: receives a finished avatar, on this object's queue.
    init(_ list: AvatarList, _ model: FOMMModel, deliver: @escaping @Sendable (Avatar) -> Void) {
        self.deliver = deliver
        knownCount = Atomic(list.count)
        state = QueueBound(
            State(reader: AvatarReader(FrameDetector(model, threads: 1), scales: model.scales), list: list), on: queue)
    }

    /// How many avatars there are; `nil` while the folder is being read again. Any queue.
    var count: Int? {
        let count = knownCount.load(ordering: .relaxed)
        return count > 0 ? count : nil
    }

    /// - Parameter onFailure: called on this object's queue where the picture cannot be read; the current avatar stays.
    func show(_ step: AvatarStep, _ onFailure: @escaping @Sendable (any Error) -> Void) {
        queue.async { [self] in
            do {
                let avatar = try state.withState { state in
                    let count = state.list.count
                    state.current =
                        switch step {
                        case .next: (state.current + 1) % count
                        case .previous: (state.current + count - 1) % count
                        case .index(let index): min(index, count - 1)
                        case .random: (state.current + Int.random(in: 1...max(1, count - 1))) % count
                        }
                    return try state.list.load(state.current, state.reader)
                }
                deliver(avatar)
            } catch {
                onFailure(error)
            }
        }
    }

    /// Looks which avatars there are now; the one that is shown stays.
    ///
    /// - Parameter report: called on this object's queue with how many, or why the folder is of no use.
    func reload(_ report: @escaping @Sendable (Result<Int, any Error>) -> Void) {
        knownCount.store(0, ordering: .relaxed)
        queue.async { [self] in
            let result = Result {
                try state.withState { state in
                    state.list = try state.list.readAgain()
                    state.current = min(state.current, state.list.count - 1)
                    return state.list.count
                }
            }
            knownCount.store(state.withState { $0.list.count }, ordering: .relaxed)
            report(result)
        }
    }
}
