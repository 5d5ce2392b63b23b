import Synchronization

/// The first thing that went wrong on any queue.
package final class FirstFailure: Sendable {
    private struct State {
        var error: (any Error)?
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    package var first: (any Error)? { state.withLock { $0.error } }

    /// - Parameter action: called at the first report, at once where there has been one.
    package func onReport(_ action: @escaping @Sendable () -> Void) {
        let reported = state.withLock { state in
            state.action = action
            return state.error != nil
        }
        if reported { action() }
    }

    @Sendable package func report(_ error: any Error) {
        let action = state.withLock { state in
            guard state.error == nil else { return nil as (@Sendable () -> Void)? }
            state.error = error
            return state.action
        }
        action?()
    }
}
