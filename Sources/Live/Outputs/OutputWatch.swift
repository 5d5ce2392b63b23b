import Synchronization

/// Lets a run go on while at least one of its outputs still takes pictures. Any queue.
final class OutputWatch: Sendable {
    private struct State {
        var remaining = 0
        var hasLost = false
    }

    private let state = Mutex(State())
    private let onLoss: @Sendable (any Error) -> Void
    private let onLastLoss: @Sendable (any Error) -> Void

    /// - Parameters:
    ///   - onLoss: called where others go on.
    ///   - onLastLoss: called where none does.
    init(onLoss: @escaping @Sendable (any Error) -> Void, onLastLoss: @escaping @Sendable (any Error) -> Void) {
        self.onLoss = onLoss
        self.onLastLoss = onLastLoss
    }

    /// Before the first picture.
    func begin(with outputs: Int) { state.withLock { $0.remaining = outputs } }

    /// An output cannot be written any more.
    @Sendable func lost(_ error: any Error) {
        let isLast = state.withLock { state in
            state.remaining -= 1
            state.hasLost = true
            return state.remaining <= 0
        }
        if isLast { onLastLoss(error) } else { onLoss(error) }
    }

    /// Whether an output was lost.
    var hasLost: Bool { state.withLock { $0.hasLost } }
}
