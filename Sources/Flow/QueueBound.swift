import Dispatch

/// State that belongs to one queue, and traps anywhere else.
///
/// `@unchecked Sendable` holds because every access proves that it is on that queue, in release builds too.
package final class QueueBound<State>: @unchecked Sendable {
    private let queue: DispatchQueue
    private var state: State

    package init(_ state: sending State, on queue: DispatchQueue) {
        self.queue = queue
        self.state = state
    }

    package func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        dispatchPrecondition(condition: .onQueue(queue))
        return try body(&state)
    }
}
