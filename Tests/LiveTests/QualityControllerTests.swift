import Testing

@testable import Driving
@testable import Live
@testable import System

@Suite("Quality that follows what there is time for, on a played clock")
struct QualityControllerTests {
    private static let costs = QualityStep.ladder.map(\.cost)

    /// A camera and a computer that takes a fixed time per picture at best quality, on all of its cores.
    private struct Machine {
        var controller: QualityController
        var milliseconds: Double
        var rate = 25.0
        /// Of the processor, by others, 0...1.
        var others = 0.0
        /// Pictures that are shown again instead, 0...1.
        var still = 0.0
        private var sample = QualityController.Sample(
            time: MonotonicTime(nanoseconds: 1_000_000_000), wanted: 0, shown: 0, made: 0, work: 0,
            processorNanoseconds: 0)
        private var (wanted, shown, made, work) = (0.0, 0.0, 0.0, 0.0)
        /// Seconds and step, of each step taken.
        private(set) var steps: [(at: Double, step: Int)] = []
        private(set) var seconds = 0.0

        init(milliseconds: Double, share: Double = 1, from index: Int = 0) {
            controller = QualityController(costs: costs, from: index, share: share, cores: 2)
            self.milliseconds = milliseconds
        }

        mutating func run(_ duration: Double) {
            let tick = 0.04
            for _ in 0..<Int(duration / tick) {
                let cost = milliseconds / 1000 * costs[controller.index] / (1 - others)
                let shownRate = min(rate, 1 / (cost * (1 - still) + 1e-9))
                seconds += tick
                wanted += rate * tick
                shown += shownRate * tick
                made += shownRate * (1 - still) * tick
                work += shownRate * (1 - still) * cost * tick
                sample.time = sample.time.advanced(byNanoseconds: UInt64(tick * 1e9))
                (sample.wanted, sample.shown, sample.made) = (Int(wanted), Int(shown), Int(made))
                sample.work = UInt64(work * 1e9)
                sample.processorNanoseconds = UInt64(2 * work * 1e9)
                let before = controller.index
                guard let factor = controller.update(sample) else { continue }
                #expect(abs(factor - costs[controller.index] / costs[before]) < 1e-9)
                #expect(abs(controller.index - before) == 1, "one step at a time")
                steps.append((seconds, controller.index))
            }
        }
    }

    @Test func whatIsFastEnoughStaysAtItsBest() {
        var machine = Machine(milliseconds: 30)
        machine.run(120)
        #expect(machine.steps.isEmpty, "\(machine.steps)")
    }

    @Test(arguments: [(45.0, 1...2), (70.0, 3...3), (500.0, 6...6)])
    func whatIsTooSlowGoesDownToWhereNothingIsMissing(_ milliseconds: Double, _ expected: ClosedRange<Int>) {
        var machine = Machine(milliseconds: milliseconds)
        machine.run(30)
        #expect(expected.contains(machine.controller.index), "step \(machine.controller.index)")
        let steps = machine.steps
        #expect((2...6).contains(steps[0].at), "after some seconds, not \(steps[0].at)")
        for (one, next) in zip(steps, steps.dropFirst()) {
            #expect(next.at - one.at >= 1, "steps at \(one.at) and \(next.at) s")
        }
        machine.run(300)
        #expect(machine.steps.count <= steps.count + 1, "and stays there: \(machine.steps)")
    }

    @Test func whatHasBecomeFastEnoughClimbsAgain() {
        var machine = Machine(milliseconds: 70)
        machine.run(20)
        let low = machine.controller.index
        machine.milliseconds = 20
        let down = machine.steps.count
        machine.run(60)
        #expect(low >= 3 && machine.controller.index == 0)
        #expect(machine.steps.count == down + low, "no detours: \(machine.steps)")
        let first = machine.steps[down].at - 20
        #expect((4...7).contains(first), "after \(first) s")
    }

    /// Where the step above takes longer than the ladder says, it is tried less and less often.
    @Test func whatFailsAboveIsTriedEverMoreRarely() {
        // Just too slow for the first step, and by the ladder's figures not.
        var machine = Machine(milliseconds: 20)
        var attempts: [Double] = []
        for _ in 0..<600 {
            machine.milliseconds = machine.controller.index == 0 ? 60 : 20
            let before = machine.controller.index
            machine.run(1)
            if machine.controller.index < before { attempts.append(machine.seconds) }
        }
        let waits = zip(attempts, attempts.dropFirst()).map { $1 - $0 }
        #expect(attempts.count <= 14, "\(attempts.count) attempts in ten minutes: \(waits)")
        #expect((waits.last ?? 0) > 50, "\(waits)")
    }

    /// A picture that is shown again costs nothing, and says nothing of what a step up would cost once somebody moves.
    @Test func whoSitsStillIsNoReasonToClimb() {
        var machine = Machine(milliseconds: 70)
        machine.run(20)
        let low = machine.controller.index
        machine.still = 0.9
        machine.run(60)
        #expect(machine.controller.index == low)
    }

    @Test func aBudgetBindsAsTimeDoes() {
        // 25 pictures of 36 ms are nine tenths of the processor, and half of it is granted.
        var machine = Machine(milliseconds: 36, share: 0.5)
        machine.run(0.1)
        #expect(machine.controller.index == 0)
        machine.others = 0.5  // what taking frames out for the budget looks like
        machine.run(30)
        #expect(machine.controller.index >= 3, "step \(machine.controller.index)")
    }

    /// Pictures that are missing for another reason, such as an output that is slow, are not for want of time.
    @Test func anIdleNetworkIsNotTheReason() {
        var controller = QualityController(costs: Self.costs, cores: 2)
        var sample = QualityController.Sample(
            time: MonotonicTime(nanoseconds: 1_000_000_000), wanted: 0, shown: 0, made: 0, work: 0,
            processorNanoseconds: 0)
        for _ in 0..<60 {
            sample.time = sample.time.advanced(byNanoseconds: 1_000_000_000)
            sample.wanted += 30
            sample.shown += 10
            sample.made += 10
            sample.work += 10 * 5_000_000
            let factor = controller.update(sample)
            #expect(factor == nil)
        }
    }
}

@Suite("The dial of quality")
struct QualityDialTests {
    @Test func theUserHasTheLastWord() {
        let dial = QualityDial(.auto)
        #expect(dial.step == .exact && dial.isAutomatic && dial.summary == "exact (auto)")
        dial.turn(to: 3)
        #expect(dial.step == QualityStep.ladder[3])
        dial.choose(.fixed(0))
        dial.turn(to: 2)
        #expect(dial.step == QualityStep.ladder.last && dial.summary == "soft")
        dial.choose(.auto)
        #expect(dial.step == QualityStep.ladder.last, "goes on from there")
    }
}
