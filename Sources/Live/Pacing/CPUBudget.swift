import Glibc
import System

/// `--cpu-budget`: takes frames out of the flow, step by step, until the process needs no more of the processor than it
/// was granted, and gives them back as there is room. One queue owns a value.
struct CPUBudget: Sendable {
    /// Of all cores together, 0...1.
    let share: Double
    private let cores: Int
    private var last: Sample?
    private var roomSince: MonotonicTime?
    /// Frames a second that may be taken; `nil` is as many as come.
    private(set) var framesPerSecond: Double?

    private struct Sample {
        let time: MonotonicTime
        let processorNanoseconds: UInt64
        let frames: Int
    }

    /// Nanoseconds between two looks at the clock.
    private static let period: UInt64 = 500_000_000
    /// A step is that much of the rate.
    private static let step = 0.85
    /// Room for a step up without another one down: what a step more would cost, and a little.
    private static let roomy = 0.8
    /// Milliseconds of room before a step up, so that the rate does not swing.
    private static let patience = 2000.0
    /// Slower than that it is no video; the budget is then exceeded.
    private static let slowest = 2.0

    /// - Parameters:
    ///   - percent: of all cores together, 1...100.
    ///   - cores: at least 1.
    init(percent: Int, cores: Int) {
        precondition((1...100).contains(percent) && cores > 0, "budget of \(percent) % of \(cores) cores")
        share = Double(percent) / 100
        self.cores = cores
    }

    /// Takes a step where one is due.
    ///
    /// - Parameters:
    ///   - processorNanoseconds: of the process, all threads, since it began.
    ///   - frames: that have been computed so far.
    mutating func update(now: MonotonicTime, processorNanoseconds: UInt64, frames: Int) {
        let sample = Sample(time: now, processorNanoseconds: processorNanoseconds, frames: frames)
        guard let last else {
            self.last = sample
            return
        }
        let elapsed = Double(now.nanoseconds &- last.time.nanoseconds)
        guard elapsed >= Double(Self.period) else { return }
        self.last = sample
        let used = Double(processorNanoseconds &- last.processorNanoseconds) / elapsed / Double(cores)
        let rate = Double(frames - last.frames) / elapsed * 1e9
        if used > share {
            roomSince = nil
            framesPerSecond = max(Self.slowest, min(framesPerSecond ?? rate, rate) * Self.step)
        } else if let limit = framesPerSecond, used < share * Self.roomy {
            let since = roomSince ?? now
            roomSince = since
            guard now.milliseconds(since: since) >= Self.patience else { return }
            roomSince = now
            // As fast again as it would be without us: the budget binds no more.
            framesPerSecond = rate < limit * Self.step ? nil : limit / Self.step
        } else {
            roomSince = nil
        }
    }

    /// A frame costs `factor` of what it did: so many more may be taken for the same.
    mutating func costChanged(by factor: Double) {
        framesPerSecond = framesPerSecond.map { max(Self.slowest, $0 / factor) }
        roomSince = nil
    }
}
