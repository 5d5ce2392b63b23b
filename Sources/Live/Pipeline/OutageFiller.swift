import Dispatch
import Synchronization

/// Keeps the detecting stage at work while a camera gives no frames, so that the avatar can do what it does when nobody is
/// there. Any queue may start and stop it.
final class OutageFiller: Sendable {
    private let queue: DispatchQueue
    private let state = Mutex(State())

    private struct State {
        var timer: (any DispatchSourceTimer)?
        var work: @Sendable () -> Bool = { false }
    }

    /// Milliseconds between two looks: the avatar's way to its neutral pose is a short film.
    private static let period = 40

    init(_ queue: DispatchQueue) { self.queue = queue }

    deinit { stop() }

    /// - Parameter work: called on the queue while there is an outage, until it has nothing left to do and says `false`.
    func set(_ work: @escaping @Sendable () -> Bool) { state.withLock { $0.work = work } }

    func start() {
        state.withLock { state in
            guard state.timer == nil else { return }
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.setEventHandler { [weak self, work = state.work] in
                if !work() { self?.stop() }
            }
            timer.schedule(deadline: .now(), repeating: .milliseconds(Self.period))
            timer.activate()
            state.timer = timer
        }
    }

    func stop() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
        }
    }
}
