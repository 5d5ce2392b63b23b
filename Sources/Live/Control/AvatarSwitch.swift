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
        var choice: Choice
        /// The one that was asked for last, which may be one that cannot be read: the next one comes after it.
        var cursor = 0
        /// Which face of the picture is shown, from 1.
        var face = 1

        mutating func showCursor() throws -> Avatar {
            (choice.current, face) = (cursor, 1)
            return try choice.list.load(cursor, reader)
        }
    }

    /// The avatars, and which of them is shown.
    struct Choice: Sendable {
        var list: AvatarList
        var current = 0
    }

    private let queue = DispatchQueue(label: "puppet.avatars", qos: .userInitiated)
    private let state: QueueBound<State>
    private let deliver: @Sendable (Avatar) -> Void
    /// What others may know; `nil` while the folder is being read again.
    private let known: Mutex<Choice?>

    /// - Parameter deliver: receives a finished avatar, on this object's queue.
    init(_ list: AvatarList, _ model: FOMMModel, deliver: @escaping @Sendable (Avatar) -> Void) {
        self.deliver = deliver
        known = Mutex(Choice(list: list))
        state = QueueBound(
            State(
                reader: AvatarReader(FrameDetector(model, threads: 1), scales: model.scales),
                choice: Choice(list: list)),
            on: queue)
    }

    /// The avatars, and which of them is shown; `nil` while the folder is being read again. Any queue.
    var choice: Choice? { known.withLock { $0 } }

    /// Which avatar is meant; any queue.
    ///
    /// - Throws: ``PuppetError`` `.badCommand`: none or several are called so, or the folder is being read again.
    func index(of name: String) throws(PuppetError) -> Int {
        guard let names = choice?.list.shortNames.map({ $0.lowercased() }) else {
            throw PuppetError(.badCommand, "avatar \(name)", "the folder is being read again")
        }
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
        change(onFailure) { [self] state in
            let (count, cursor) = (state.choice.list.count, state.cursor)
            state.cursor =
                switch step {
                case .next: (cursor + 1) % count
                case .previous: (cursor + count - 1) % count
                case .index(let index): min(index, count - 1)
                case .named(let name): min(try index(of: name), count - 1)
                case .random: (cursor + Int.random(in: 1...max(1, count - 1))) % count
                }
            return try state.showCursor()
        }
    }

    /// Another face of the picture that is shown.
    ///
    /// - Parameters:
    ///   - number: from 1; `nil` is the next one.
    ///   - onFailure: called on this object's queue where there is no such face.
    func showFace(_ number: Int?, _ onFailure: @escaping @Sendable (any Error) -> Void) {
        change(onFailure) { state in
            let choice = state.choice
            let (avatar, face) = try choice.list.loadFace(
                choice.current, after: state.face, or: number, state.reader)
            state.face = face
            return avatar
        }
    }

    /// Adds a picture, or those of a folder, and shows it, or the first of them.
    ///
    /// - Parameter onFailure: called on this object's queue where it cannot be read; the avatars are then as before.
    func open(_ path: String, _ onFailure: @escaping @Sendable (any Error) -> Void) {
        change(onFailure) { state in
            state.cursor = try state.choice.list.add(path)
            return try state.showCursor()
        }
    }

    /// Looks which avatars there are now; the one that is shown stays.
    ///
    /// - Parameter report: called on this object's queue with how many, or why the folder is of no use.
    func reload(_ report: @escaping @Sendable (Result<Int, any Error>) -> Void) {
        known.withLock { $0 = nil }
        queue.async { [self] in
            let result = Result {
                try state.withState { state in
                    let list = try state.choice.list.readAgain()
                    state.choice = Choice(list: list, current: min(state.choice.current, list.count - 1))
                    state.cursor = state.choice.current
                    return list.count
                }
            }
            publish()
            report(result)
        }
    }

    /// - Parameter work: what it has changed is forgotten where it throws, but for a step to another of the avatars.
    private func change(
        _ onFailure: @escaping @Sendable (any Error) -> Void,
        _ work: @escaping @Sendable (inout State) throws -> Avatar
    ) {
        queue.async { [self] in
            do {
                let avatar = try state.withState { state in
                    var next = state
                    do {
                        let avatar = try work(&next)
                        state = next
                        return avatar
                    } catch {
                        state.cursor = min(next.cursor, state.choice.list.count - 1)
                        throw error
                    }
                }
                publish()
                deliver(avatar)
            } catch {
                onFailure(error)
            }
        }
    }

    private func publish() {
        let choice = state.withState { $0.choice }
        known.withLock { $0 = choice }
    }
}
