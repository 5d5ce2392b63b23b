import Dispatch

/// State that belongs to one queue, and traps anywhere else.
package final class QueueBound<State>: @unchecked Sendable {
    private let queue: DispatchQueue
    private var state: State  // `@unchecked` holds because every access below proves it is on `queue`

    package init(_ state: sending State, on queue: DispatchQueue) {
        self.queue = queue
        self.state = state
    }

    package func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        dispatchPrecondition(condition: .onQueue(queue))  // a precondition: it traps in release builds too
        return try body(&state)
    }
}
