import Dispatch

/// Makes a queue look whether there is something to do. Any queue may call it; several calls before the queue gets round
/// to it are one. Unlike a block per call, it allocates nothing.
package final class WakeUp: Sendable {
    nonisolated(unsafe) private let source: any DispatchSourceUserDataOr  // libdispatch objects may be used anywhere

    package init(_ queue: DispatchQueue) {
        source = DispatchSource.makeUserDataOrSource(queue: queue)
    }

    deinit {
        source.cancel()
        // To release one that was never active ends the program.
        source.activate()
    }

    /// - Parameter look: called on the queue after a call of this object; to be set once, before the first one.
    package func set(_ look: @escaping @Sendable () -> Void) {
        source.setEventHandler(handler: look)
        source.activate()
    }

    package func callAsFunction() { source.or(data: 1) }
}
