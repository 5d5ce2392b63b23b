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
    private let isLost = Atomic(false)
    private let ending: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    var hasRoom: Bool { inbox.isEmpty }

    func submit(_ picture: Picture) {
        if let replaced = inbox.exchange(picture) { ledger.dropped(replaced, .newer) } else { arrived.signal() }
        // After the picture is in: either this sees that the window is lost, or `lose` sees the picture.
        if isLost.load(ordering: .sequentiallyConsistent) { empty() }
    }

    /// The newest picture, if one comes within `milliseconds`. Main thread; whatever is taken is to be shown.
    func take(within milliseconds: Int) -> Picture? {
        _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
        let picture = inbox.take()
        if picture != nil { ledger.madeRoom() }
        endIfEmpty()
        return picture
    }

    /// There is no window any more: what comes is counted as lost. Main thread.
    func lose() {
        isLost.store(true, ordering: .sequentiallyConsistent)
        empty()
    }

    private func empty() {
        if let picture = inbox.take() { ledger.dropped(picture, .lost) }
        endIfEmpty()
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
