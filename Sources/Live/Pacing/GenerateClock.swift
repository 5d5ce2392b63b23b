import Driving
import Glibc
import Synchronization
import System

/// Foretells when the generating stage will be done, so that the detecting one can begin just in time. Any queue.
final class GenerateClock: Sendable {
    /// When the generating stage began what it is working on; 0 while it is idle. Nanoseconds.
    private let began = Atomic<UInt64>(0)
    private let generating = RunningMean()
    private let detecting = RunningMean()

    /// A detected frame waits that long on average: less than it would miss its turn if detection took longer once.
    private static let margin: UInt64 = 2_000_000
    /// Longer than any wait that makes sense; what comes out of a wrong guess.
    private static let longestWait: UInt64 = 500_000_000

    func beginGenerating() { began.store(MonotonicTime.now.nanoseconds, ordering: .relaxed) }

    /// - Parameter isNew: whether the picture was made: one that is shown again says nothing about the next.
    func endGenerating(_ times: FrameTimes, isNew: Bool) {
        began.store(0, ordering: .relaxed)
        guard isNew else { return }
        generating.add(times.generated.nanoseconds - times.generateStarted.nanoseconds)
        detecting.add(times.detected.nanoseconds - times.detectStarted.nanoseconds)
    }

    /// When detection has to begin to be ready when the generating stage is; `nil` where that is now.
    func start(now: MonotonicTime) -> MonotonicTime? {
        let began = began.load(ordering: .relaxed)
        let lead = detecting.value + Self.margin
        guard began > 0, generating.value > lead else { return nil }
        let due = began + generating.value - lead
        guard due > now.nanoseconds, due - now.nanoseconds < Self.longestWait else { return nil }
        return MonotonicTime(nanoseconds: due)
    }

    /// Sleeps until ``start(now:)``.
    func waitForStart() {
        guard let due = start(now: .now) else { return }
        var time = timespec(
            tv_sec: Int(due.nanoseconds / 1_000_000_000), tv_nsec: Int(due.nanoseconds % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}

/// A mean of durations in nanoseconds in which the last dozen count most. One queue adds, any queue reads.
private final class RunningMean: Sendable {
    private let mean = Atomic<UInt64>(0)

    var value: UInt64 { mean.load(ordering: .relaxed) }

    func add(_ duration: UInt64) {
        let before = value
        mean.store(before == 0 ? duration : (7 * before + duration) / 8, ordering: .relaxed)
    }
}
