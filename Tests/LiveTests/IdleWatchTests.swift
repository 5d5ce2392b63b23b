import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Live

@Suite("When a run sleeps", .timeLimit(.minutes(5)))
struct IdleWatchTests {
    private final class Told: Sendable {
        let actions = Mutex<[Bool]>([])
        let isBusy = Atomic(false)

        func wait(for expected: [Bool]) throws {
            try waitUntil("told \(expected)") { actions.withLock { $0 } == expected }
        }
    }

    private let told = Told()

    private func begin(_ watch: IdleWatch) {
        watch.begin(isBusy: { [told] in told.isBusy.load(ordering: .relaxed) }) { [told] isAsleep in
            told.actions.withLock { $0.append(isAsleep) }
        }
    }

    @Test func whileNobodyLooks() throws {
        let watch = IdleWatch(patience: 0.05, afterCommand: 0.05)
        #expect(!watch.isAsleep)
        begin(watch)
        try told.wait(for: [true])
        #expect(watch.isAsleep)
        watch.noteWatched("a", true)
        watch.noteWatched("b", true)
        try told.wait(for: [true, false])
        watch.noteWatched("a", false)
        watch.noteWatched("b", false)
        try told.wait(for: [true, false, true])
    }

    @Test func knowsHowLongItSlept() throws {
        let watch = IdleWatch(patience: 0.05, afterCommand: 0.05)
        #expect(watch.secondsAsleep == 0)
        begin(watch)
        try told.wait(for: [true])
        try waitUntil("a tenth of a second of sleep") { watch.secondsAsleep > 0.1 }
        watch.noteWatched("a", true)
        try told.wait(for: [true, false])
        let slept = watch.secondsAsleep
        usleep(50_000)
        #expect(watch.secondsAsleep == slept && slept > 0.1)
    }

    @Test func notAtOnce() throws {
        let watch = IdleWatch(patience: 1000, afterCommand: 1000)
        watch.noteWatched("a", true)
        begin(watch)
        watch.noteWatched("a", false)
        watch.noteWatched("a", true)
        watch.noteWatched("a", false)
        watch.stir()
        try waitUntil("all of it is seen to") { !watch.isAsleep }
        #expect(told.actions.withLock { $0 } == [])
    }

    @Test func aCommandWakesIt() throws {
        let watch = IdleWatch(patience: 0.05, afterCommand: 0.05)
        begin(watch)
        try told.wait(for: [true])
        watch.stir()
        try told.wait(for: [true, false, true])
    }

    @Test func notWhileItRecords() throws {
        let watch = IdleWatch(patience: 0.02, afterCommand: 0.02)
        told.isBusy.store(true, ordering: .relaxed)
        begin(watch)
        watch.stir()
        watch.noteWatched("a", true)
        watch.noteWatched("a", false)
        #expect(told.actions.withLock { $0 } == [])
        told.isBusy.store(false, ordering: .relaxed)
        try told.wait(for: [true])
    }
}
