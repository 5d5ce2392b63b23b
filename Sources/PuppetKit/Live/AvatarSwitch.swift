import Dispatch
import FOMMCore
import Frames

/// Which avatar to show instead of the current one.
package enum AvatarStep: Sendable, Equatable {
    case next
    case previous
    /// From 0; past the last one means the last one.
    case index(Int)
}

/// Reads and encodes avatars while the current one goes on being shown.
///
/// Has a queue and a detector of its own, so that a switch takes nothing from the frame path but a share of the cores.
final class AvatarSwitch: Sendable {
    private struct State {
        let detector: FrameDetector
        var current = 0
    }

    private let queue = DispatchQueue(label: "puppet.avatars", qos: .userInitiated)
    private let list: AvatarList
    private let state: QueueBound<State>
    private let deliver: @Sendable (Avatar) -> Void

    /// - Parameter deliver: receives a finished avatar, on this object's queue.
    init(_ list: AvatarList, _ model: FOMMModel, deliver: @escaping @Sendable (Avatar) -> Void) {
        self.list = list
        self.deliver = deliver
        state = QueueBound(State(detector: FrameDetector(model, threads: 1)), on: queue)
    }

    /// - Parameter onFailure: called on this object's queue where the picture cannot be read; the current avatar stays.
    func show(_ step: AvatarStep, _ onFailure: @escaping @Sendable (any Error) -> Void) {
        queue.async { [self] in
            do {
                let avatar = try state.withState { state in
                    let index =
                        switch step {
                        case .next: (state.current + 1) % list.count
                        case .previous: (state.current + list.count - 1) % list.count
                        case .index(let index): min(index, list.count - 1)
                        }
                    state.current = index
                    return try list.load(index, state.detector)
                }
                deliver(avatar)
            } catch {
                onFailure(error)
            }
        }
    }
}
