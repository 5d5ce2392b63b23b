import Driving
import Synchronization
import System

/// What the last frames took, for the window's panel and the summary. Any queue; one lock.
package final class StageClock: Sendable {
    /// Frames that medians are taken over: about five seconds.
    static let window = 128

    private struct State {
        var stages = [RollingMedian](repeating: RollingMedian(of: window), count: StageName.allCases.count)
        var interval = RollingMedian(of: window)
        var last: MonotonicTime?
        var frames = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func record(_ times: FrameTimes) {
        state.withLock { state in
            for (index, stage) in StageName.allCases.enumerated() { state.stages[index].add(times[stage]) }
            if let last = state.last { state.interval.add(times.generated.milliseconds(since: last)) }
            state.last = times.generated
            state.frames += 1
        }
    }

    /// A look at the clock; milliseconds, medians over the last ``window`` frames.
    package struct Reading: Sendable {
        package let frames: Int
        package let framesPerSecond: Double
        package let stages: [(name: StageName, milliseconds: Double)]
    }

    package var reading: Reading {
        state.withLock { state in
            let interval = state.interval.median
            return Reading(
                frames: state.frames, framesPerSecond: interval > 0 ? 1000 / interval : 0,
                stages: zip(StageName.allCases, state.stages).map { ($0, $1.median) })
        }
    }
}
