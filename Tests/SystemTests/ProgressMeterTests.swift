import TestSupport
import Testing

@testable import System

@Suite("How far a long piece of work is")
struct ProgressMeterTests {
    /// Updates at these seconds, and what is shown for them.
    private func shown(
        _ unit: ProgressMeter.Unit, _ style: ProgressMeter.Style, _ updates: [(seconds: Double, done: Int)],
        of total: Int?,
        finishes: Bool = false
    ) -> [ProgressMeter.Text] {
        var (seconds, texts) = (0.0, [ProgressMeter.Text]())
        let meter = ProgressMeter(
            unit, "animating", style, now: { MonotonicTime(nanoseconds: 5_000_000_000 + UInt64(seconds * 1e9)) },
            show: { texts.append($0) })
        for update in updates {
            seconds = update.seconds
            meter.update(update.done, of: total)
        }
        if finishes { meter.finish() }
        return texts
    }

    @Test func aTerminalGetsALineThatIsRewritten() {
        let texts = shown(
            .frames, .bar, [(0, 1), (0.05, 2), (2, 61), (2.05, 62), (3, 101)], of: 301, finishes: true)
        #expect(
            texts == [
                .rewritten("[..............................] animating 1/301 frames"),
                .rewritten("[######........................] animating 61/301 frames, 30.0 fps, 0:08 left"),
                .rewritten("[##########....................] animating 101/301 frames, 33.3 fps, 0:06 left"),
                .rewritten(""),
            ])
    }

    @Test func nothingElseGetsMoreThanALineEveryTenSeconds() {
        let updates = (0...250).map { (seconds: Double($0) / 10, done: 2 * $0) }
        #expect(
            shown(.frames, .lines, updates, of: 4000, finishes: true) == [
                .line("animating 200/4000 frames, 20.0 fps, 3:10 left"),
                .line("animating 400/4000 frames, 20.0 fps, 3:00 left"),
            ])
        #expect(shown(.frames, .lines, [(0, 1), (9.9, 200)], of: 200, finishes: true) == [], "short work says nothing")
    }

    @Test func whoWantsToHearNothingDoes() {
        #expect(shown(.frames, .silent, [(0, 1), (60, 100)], of: 100, finishes: true) == [])
    }

    @Test func aTotalThatNobodyKnows() {
        #expect(
            shown(.bytes, .bar, [(0, 1_000_000), (4, 9_000_000)], of: nil).last
                == .rewritten("animating 9 MB, 2.0 MB/s"))
    }

    /// What was there before, of a download that goes on, makes it no faster.
    @Test func whatWasDoneBeforeDoesNotCount() {
        #expect(
            shown(.bytes, .lines, [(0, 100_000_000), (10, 120_000_000)], of: 228_000_000)
                == [.line("animating 120/228 MB, 2.0 MB/s, 0:54 left")])
    }

    @Test func turnsHaveNoSpeed() {
        #expect(
            shown(.turns, .bar, [(0, 0), (30, 3)], of: 12).last
                == .rewritten("[#######.......................] animating 3/12 turns, 1:30 left"))
    }

    @Test func whatIsCountedWronglyStaysInTheBar() {
        #expect(
            shown(.frames, .bar, [(0, 0), (1, 12)], of: 10).last
                == .rewritten("[##############################] animating 12/10 frames, 12.0 fps"))
    }
}
