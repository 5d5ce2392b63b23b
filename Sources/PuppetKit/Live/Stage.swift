import Dispatch
import Frames

/// A step of the live pipeline: takes the newest input, works on it on a queue of its own, hands the result on.
///
/// At most one input is being worked on and one is waiting; a newer one replaces the one that waits. A dispatch source
/// wakes the queue: unlike a block per frame, waking it allocates nothing.
final class Stage<Input: Sendable>: Sendable {
    private let inbox = Mailbox<Input>()
    private let queue: DispatchQueue
    nonisolated(unsafe) private let wakeUp: any DispatchSourceUserDataOr  // libdispatch objects may be used anywhere
    private let work: @Sendable (Input) -> Void

    /// - Parameters:
    ///   - queue: serial; also the queue of whatever state `work` uses.
    ///   - work: one input; hands its result on by posting, which never blocks.
    init(on queue: DispatchQueue, _ work: @escaping @Sendable (Input) -> Void) {
        self.queue = queue
        self.work = work
        wakeUp = DispatchSource.makeUserDataOrSource(queue: queue)
        wakeUp.setEventHandler { [inbox] in
            if let input = inbox.take() { work(input) }
        }
        wakeUp.activate()
    }

    deinit { wakeUp.cancel() }

    /// From any queue.
    func submit(_ input: Input) {
        if inbox.post(input) { wakeUp.or(data: 1) }
    }

    /// Inputs that were replaced before their turn came.
    var dropped: Int { inbox.dropped }

    /// Works on an input that still waits, then calls `next` on the stage's queue: nothing is submitted after this.
    func finish(_ next: @escaping @Sendable () -> Void) {
        queue.async { [inbox, work] in
            if let input = inbox.take() { work(input) }
            next()
        }
    }
}
