import Dispatch
import Display
import Flow
import Synchronization

/// The pictures of a window: any queue submits, the main thread takes.
final class WindowOutput: Output {
    let name = "window"
    let ledger = OutputLedger(taking: .shown)
    private let inbox = Mailbox<Picture>()
    private let arrived = DispatchSemaphore(value: 0)
    private let ending: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    var hasRoom: Bool { inbox.isEmpty }

    func submit(_ picture: Picture) {
        if let replaced = inbox.exchange(picture) { ledger.dropped(replaced, .newer) } else { arrived.signal() }
    }

    /// The newest picture, if one comes within `milliseconds`. Main thread; whatever is taken is to be shown.
    func take(within milliseconds: Int) -> Picture? {
        _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
        let picture = inbox.take()
        if picture != nil { ledger.madeRoom() }
        endIfEmpty()
        return picture
    }

    func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void) {
        ending.withLock { $0 = next }
        endIfEmpty()
    }

    private func endIfEmpty() {
        guard inbox.isEmpty else { return }
        ending.withLock { $0.take() }?()
    }
}
