import Dispatch
import Synchronization

/// A step of the live pipeline: takes the newest input, works on it on a queue of its own, hands the result on.
///
/// At most one input is being worked on and one is waiting; a newer one replaces the one that waits. A stage begins only
/// when its ``StartRule`` allows, so that work is never done for an input that is then replaced.
package final class Stage<Input: Sendable>: Sendable {
    private let inbox = Mailbox<Input>()
    private let queue: DispatchQueue
    private let wakeUp: WakeUp
    private let upstream: (@Sendable () -> Void)?
    private let rule: StartRule
    private let work: @Sendable (Input) -> Void
    private let onReplaced: @Sendable (Input) -> Void
    private let isBusy = Atomic(false)
    private let droppedAtEnd = Atomic(0)
    private let ending: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    /// - Parameters:
    ///   - queue: serial; also the queue of whatever state `work` uses.
    ///   - wakeUp: of that queue; whoever makes room for this stage's results calls it.
    ///   - upstream: called when there is room for another input, and when the work on one is done.
    ///   - rule: when an input may be begun.
    ///   - onReplaced: told of inputs whose turn never came, on the queue that submits.
    ///   - work: one input; hands its result on by posting, which never blocks.
    package init(
        on queue: DispatchQueue, wakeUp: WakeUp? = nil, upstream: (@Sendable () -> Void)? = nil,
        rule: StartRule = .atOnce,
        onReplaced: @escaping @Sendable (Input) -> Void = { _ in }, _ work: @escaping @Sendable (Input) -> Void
    ) {
        self.queue = queue
        self.wakeUp = wakeUp ?? WakeUp(queue)
        self.upstream = upstream
        self.rule = rule
        self.work = work
        self.onReplaced = onReplaced
        self.wakeUp.set { [weak self] in self?.serve() }
    }

    /// From any queue.
    package func submit(_ input: Input) {
        if let replaced = inbox.exchange(input) { onReplaced(replaced) } else { wakeUp() }
    }

    /// Whether an input could wait here without replacing another.
    package var hasRoom: Bool { inbox.isEmpty }

    /// Whether nothing is being worked on and nothing waits. The inbox first: an input that has just left it is busy.
    package var isIdle: Bool { inbox.isEmpty && !isBusy.load(ordering: .acquiring) }

    /// Inputs that were replaced or dropped before their turn came.
    package var dropped: Int { inbox.dropped + droppedAtEnd.load(ordering: .relaxed) }

    /// Forgets the input that waits, if one does. From any queue.
    package func dropWaiting() {
        guard let dropped = inbox.take() else { return }
        droppedAtEnd.wrappingAdd(1, ordering: .relaxed)
        onReplaced(dropped)
    }

    /// Works on an input that still waits, then calls `next` on the stage's queue: nothing is submitted after this.
    package func finish(_ next: @escaping @Sendable () -> Void) {
        ending.withLock { $0 = next }
        wakeUp()
    }

    private func serve() {
        if !inbox.isEmpty {
            guard rule.mayStart() else { return }  // whoever changes that wakes this queue
            isBusy.store(true, ordering: .releasing)  // before the input leaves the inbox: it is never nowhere
            rule.waitForMoment()
            if let input = inbox.take() {
                upstream?()
                work(input)
            }
            isBusy.store(false, ordering: .releasing)
            upstream?()
        }
        guard inbox.isEmpty else { return wakeUp() }
        let next = ending.withLock { $0.take() }
        next?()
    }
}
