import Dispatch
import Synchronization
import System

/// Lets a run sleep while no app looks at its virtual cameras: its own camera is closed then, and nothing is computed. Any queue.
final class IdleWatch: Sendable {
    private struct State {
        /// Cameras that somebody looks at, by name.
        var watched: Set<String> = []
        var hasBeenWatched = false
        /// Since when it sleeps.
        var asleepSince: MonotonicTime?
        /// Of the sleeps before.
        var secondsAsleep = 0.0
        /// Until when it stays awake all the same.
        var awakeUntil = MonotonicTime(nanoseconds: 0)
        var action: (@Sendable (_ isAsleep: Bool) -> Void)?
        var isBusy: @Sendable () -> Bool = { false }

        mutating func stayAwake(for seconds: Double) {
            awakeUntil = max(awakeUntil, MonotonicTime.now.advanced(byNanoseconds: UInt64(seconds * 1e9)))
        }
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "puppet.idle")
    private let patience, afterCommand: Double

    /// - Parameters:
    ///   - patience: seconds; some apps look again every few seconds, to see whether the camera is still there.
    ///   - afterCommand: seconds in which somebody who has asked for something may look at what comes of it.
    init(patience: Double = 5, afterCommand: Double = 10) {
        (self.patience, self.afterCommand) = (patience, afterCommand)
    }

    /// Whether the run sleeps.
    var isAsleep: Bool { state.withLock { $0.asleepSince != nil } }

    /// How long the run has slept so far.
    var secondsAsleep: Double {
        state.withLock { state in
            state.secondsAsleep + (state.asleepSince.map { MonotonicTime.now.milliseconds(since: $0) / 1000 } ?? 0)
        }
    }

    /// Whether an app has looked since the run began.
    var hasBeenWatched: Bool { state.withLock { $0.hasBeenWatched } }

    /// Whether an app looks at a camera now.
    func isWatched(_ camera: String) -> Bool { state.withLock { $0.watched.contains(camera) } }

    /// From now on the run sleeps while nobody looks; at once, where nobody does.
    ///
    /// - Parameters:
    ///   - isBusy: whether the run is needed all the same: it records.
    ///   - action: called on a queue of its own when the run is to sleep, and when it is to wake.
    func begin(isBusy: @escaping @Sendable () -> Bool, _ action: @escaping @Sendable (_ isAsleep: Bool) -> Void) {
        state.withLock { ($0.isBusy, $0.action) = (isBusy, action) }
        queue.async { self.look() }
    }

    /// An app begins or ceases to look at a camera.
    func noteWatched(_ camera: String, _ isWatched: Bool) {
        state.withLock { state in
            if isWatched {
                state.watched.insert(camera)
                state.hasBeenWatched = true
            } else {
                state.watched.remove(camera)
                state.stayAwake(for: patience)
            }
        }
        queue.async { self.look() }
    }

    /// The user has asked for something.
    func stir() {
        state.withLock { $0.stayAwake(for: afterCommand) }
        queue.async { self.look() }
    }

    /// On the queue.
    private func look() {
        let now = MonotonicTime.now
        let (isBusy, patience) = (state.withLock { $0.isBusy }(), patience)
        let (change, again) = state.withLock { state -> ((@Sendable () -> Void)?, Double?) in
            guard let action = state.action else { return (nil, nil) }
            let left = state.awakeUntil > now ? state.awakeUntil.milliseconds(since: now) / 1000 : 0
            let mayNotSleep = !state.watched.isEmpty || isBusy
            let isAsleep = !mayNotSleep && left <= 0
            let wait = mayNotSleep ? (isBusy ? patience : nil) : (left > 0 ? left : nil)
            guard isAsleep != (state.asleepSince != nil) else { return (nil, wait) }
            if let since = state.asleepSince { state.secondsAsleep += now.milliseconds(since: since) / 1000 }
            state.asleepSince = isAsleep ? now : nil
            return ({ action(isAsleep) }, wait)
        }
        change?()
        guard let again else { return }
        queue.asyncAfter(deadline: .now() + again) { [weak self] in self?.look() }
    }
}
