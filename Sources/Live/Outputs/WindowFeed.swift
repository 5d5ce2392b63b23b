import Display
import Driving
import Flow
import Synchronization

/// What other queues hand over to the window. Any queue fills it, the main thread empties it.
final class WindowFeed: Sendable {
    /// What the detecting stage sees.
    let reports = Mailbox<TrackingReport>()
    /// What happens there.
    let events = Mailbox<TrackingEvent>()
    /// What came of a command, where there is something to say.
    let words = Mailbox<WindowMessage>()
    private let changes = Mutex<[ViewChange]>([])

    /// Asks the window to show something else.
    func change(_ change: ViewChange) { changes.withLock { $0.append(change) } }

    /// What was asked for since the last time, oldest first.
    func takeChanges() -> [ViewChange] {
        changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
    }
}
