import Dispatch
import Frames
import Synchronization
import TestSupport
import Testing

@testable import Display
@testable import Driving
@testable import Flow
@testable import Live
@testable import System

@Suite("What keeps a live run in time", .timeLimit(.minutes(5)))
struct PaceTests {
    private func time(_ milliseconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000 + UInt64(milliseconds * 1e6))
    }

    @Test func percentilesAreTheNearestRank() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(50) == 0, "nothing yet")
        for milliseconds in 1...100 { histogram.add(Double(milliseconds) - 0.25) }
        #expect(histogram.percentile(50) == 50)
        #expect(histogram.percentile(95) == 95)
        #expect(histogram.percentile(99) == 99)
        #expect(histogram.percentile(100) == 100)
        histogram.add(-3)
        histogram.add(1e9)
        #expect(histogram.percentile(0) == 0.5, "a negative one counts as 0")
        #expect(histogram.percentile(100) == 2000.5, "the last bin")
        #expect(histogram.count == 102)
    }

    @Test(arguments: [(30.0, 15.0, 15), (30, 20, 20), (25, 24, 24), (30, 30, 30), (30, 60, 30), (60, 7, 7)])
    func aRateCapLetsSoManyInASecond(_ source: Double, _ cap: Double, _ expected: Int) {
        var admission = FrameAdmission(cap: FrameRate(Int(cap)))
        let period = UInt64(1e9 / source)
        var admitted = 0
        for index in 0..<Int(source * 10) {
            let jitter = Double(index * 7919 % 11) - 5
            let captured = time(Double(index) * 1000 / source + jitter + 20)
            if admission.refuses(captured, period: period, done: WorkDone()) == nil { admitted += 1 }
        }
        #expect(abs(admitted - 10 * expected) <= expected / 10 + 1, "\(admitted) in ten seconds")
    }

    /// A machine where a frame costs a fixed time of one core.
    private struct Machine {
        var budget: CPUBudget
        private var (frames, used, now, due) = (0, 0.0, 0.0, 0.0)

        init(_ budget: CPUBudget) { self.budget = budget }

        /// - Returns: frames a second in the last two of `seconds`.
        mutating func run(seconds: Double, costMilliseconds: Double, rate: Double) -> Double {
            let end = now + seconds * 1000
            var framesInTheEnd = 0
            while now < end {
                if now >= due {
                    frames += 1
                    used += costMilliseconds
                    if now > end - 2000 { framesInTheEnd += 1 }
                    due = max(due, now - 100) + 1000 / min(rate, budget.framesPerSecond ?? rate)
                }
                now += 1
                budget.update(
                    now: MonotonicTime(nanoseconds: UInt64(now * 1e6)), processorNanoseconds: UInt64(used * 1e6),
                    frames: frames)
            }
            return Double(framesInTheEnd) / 2
        }
    }

    @Test func aBudgetTakesFramesAwayUntilItIsKeptAndGivesThemBack() {
        var machine = Machine(CPUBudget(percent: 50, cores: 2))
        // 20 frames of 80 ms on one core are 80 % of two cores; 50 % of them are 12.5 frames.
        let slow = machine.run(seconds: 20, costMilliseconds: 80, rate: 20)
        #expect((9...12.6).contains(slow), "\(slow) frames a second")
        let fast = machine.run(seconds: 40, costMilliseconds: 20, rate: 20)
        #expect(fast >= 19.5, "\(fast) frames a second when they cost a quarter")
    }

    @Test func aBudgetThatIsKeptTakesNothing() {
        var machine = Machine(CPUBudget(percent: 90, cores: 2))
        _ = machine.run(seconds: 10, costMilliseconds: 40, rate: 25)
        #expect(machine.budget.framesPerSecond == nil)
    }

    @Test func detectionBeginsSoThatItEndsWithGeneration() {
        let clock = GenerateClock()
        clock.beginGenerating()
        #expect(clock.start(now: .now) == nil, "nothing is known yet")
        for _ in 0..<20 {
            var times = FrameTimes(captured: time(0), detectStarted: time(0), detected: time(10))
            times.generateStarted = time(20)
            times.generated = time(60)
            clock.endGenerating(times, isNew: true)
        }
        #expect(clock.start(now: .now) == nil, "the stage is idle")
        clock.beginGenerating()
        let now = MonotonicTime.now
        let start = clock.start(now: now)
        // 40 ms of generation less 10 of detection and 2 to be sure.
        let wait = start.map { $0.milliseconds(since: now) }
        #expect(wait.map { (20...28).contains($0) } == true, "\(wait ?? -1) ms")
        #expect(clock.start(now: now.advanced(byNanoseconds: 30_000_000)) == nil, "late already")
    }

    @Test func aStageBeginsOnlyWhenItMay() {
        let may = Atomic(false)
        let done = Collected<Int>()
        let replaced = Collected<Int>()
        let queue = DispatchQueue(label: "stage")
        let wakeUp = WakeUp(queue)
        let stage = Stage<Int>(
            on: queue, wakeUp: wakeUp, rule: StartRule(mayStart: { may.load(ordering: .relaxed) }),
            onReplaced: { replaced.append($0) }
        ) { done.append($0) }
        stage.submit(1)
        stage.submit(2)
        queue.sync {}
        #expect(done.all.isEmpty && replaced.all == [1] && !stage.hasRoom && !stage.isIdle)
        may.store(true, ordering: .relaxed)
        wakeUp()
        let ended = DispatchSemaphore(value: 0)
        stage.finish { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
        #expect(done.all == [2], "the newest one, once")
        #expect(stage.hasRoom && stage.isIdle)
    }

    @Test func aStageThatMayNotBeginYetFinishesWhenItMay() {
        let may = Atomic(false)
        let done = Collected<Int>()
        let queue = DispatchQueue(label: "stage")
        let wakeUp = WakeUp(queue)
        let stage = Stage<Int>(
            on: queue, wakeUp: wakeUp, rule: StartRule(mayStart: { may.load(ordering: .relaxed) })
        ) { done.append($0) }
        stage.submit(1)
        let ended = DispatchSemaphore(value: 0)
        stage.finish { ended.signal() }
        #expect(ended.wait(timeout: .now() + 0.05) == .timedOut, "its input waits")
        may.store(true, ordering: .relaxed)
        wakeUp()
        #expect(ended.wait(timeout: .now() + 10) == .success)
        #expect(done.all == [1])
    }
}
