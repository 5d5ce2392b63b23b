import Synchronization

/// Does what is only known after it was handed to somebody who will ask for it. Any queue.
final class LateHandler: Sendable {
    private let work: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    func set(_ work: @escaping @Sendable () -> Void) { self.work.withLock { $0 = work } }

    /// Nothing before it is set.
    func callAsFunction() { work.withLock { $0 }?() }
}
