import Dispatch
import Flow
import Synchronization

/// Has a source read when its ``CapturePace`` says. Any queue may call it.
final class CaptureClock: Sendable {
    private let pace: CapturePace
    private let wakeUp: WakeUp
    private let read: Mutex<(@Sendable () -> Void)?> = Mutex(nil)
    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // libdispatch objects may be used anywhere

    /// - Parameter queue: where the source is read.
    init(_ queue: DispatchQueue, _ pace: CapturePace) {
        self.pace = pace
        wakeUp = WakeUp(queue)
        timer = DispatchSource.makeTimerSource(flags: .strict, queue: queue)
        wakeUp.set { [weak self] in self?.look() }
        timer.setEventHandler { [weak self] in self?.look() }
        timer.activate()
    }

    deinit { stop() }

    /// - Parameter read: called on the queue; waits for the next picture where the source does.
    func start(_ read: @escaping @Sendable () -> Void) {
        self.read.withLock { $0 = read }
        resume()
    }

    /// Has nothing read any more, but for what ``readOn()`` asks for, until ``resume()``.
    func pause() { timer.schedule(deadline: .distantFuture) }

    func resume() {
        switch pace {
        case .asPicturesCome: wakeUp()
        case .every(let nanoseconds):
            timer.schedule(deadline: .now(), repeating: .nanoseconds(Int(nanoseconds)), leeway: .nanoseconds(0))
        }
    }

    /// The last read is done, or there is room for what another would give.
    func readOn() { if pace == .asPicturesCome { wakeUp() } }

    func stop() {
        timer.cancel()
        read.withLock { $0 = nil }
    }

    private func look() { read.withLock { $0 }?() }
}
