import Dispatch
import Driving
import FOMMCore
import Flow
import Synchronization
import System

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
    /// What avatars are called; empty while the folder is being read again.
    private let known: Mutex<[String]>

    /// - Parameter deliver: receives a finished avatar, on this object's queue.
    init(_ list: AvatarList, _ model: FOMMModel, deliver: @escaping @Sendable (Avatar) -> Void) {
        self.deliver = deliver
        known = Mutex(list.shortNames)
        state = QueueBound(
            State(reader: AvatarReader(FrameDetector(model, threads: 1), scales: model.scales), list: list), on: queue)
    }

    /// How many avatars there are; `nil` while the folder is being read again. Any queue.
    var count: Int? {
        let count = known.withLock { $0.count }
        return count > 0 ? count : nil
    }

    /// Which avatar is meant; any queue.
    ///
    /// - Throws: ``PuppetError`` `.badCommand`: none or several are called so, or the folder is being read again.
    func index(of name: String) throws(PuppetError) -> Int {
        let names = known.withLock { $0.map { $0.lowercased() } }
        guard !names.isEmpty else { throw PuppetError(.badCommand, "avatar \(name)", "the folder is being read again") }
        let wanted = name.lowercased()
        if let exact = names.firstIndex(of: wanted) { return exact }
        let found = names.indices.filter { names[$0].hasPrefix(wanted) }
        guard let only = found.first else { throw PuppetError(.badCommand, "avatar \(name)", "none is called so") }
        guard found.count == 1 else {
            let some = found.prefix(4).map { names[$0] }.joined(separator: ", ")
            throw PuppetError(
                .badCommand, "avatar \(name)", "\(found.count) are called so: \(some)\(found.count > 4 ? ", ..." : "")")
        }
        return only
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
                        case .named(let name): min(try index(of: name), count - 1)
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
        known.withLock { $0 = [] }
        queue.async { [self] in
            let result = Result {
                try state.withState { state in
                    state.list = try state.list.readAgain()
                    state.current = min(state.current, state.list.count - 1)
                    return state.list.count
                }
            }
            let names = state.withState { $0.list.shortNames }
            known.withLock { $0 = names }
            report(result)
        }
    }
}
