import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Flow

@Suite("A stage between many threads", .timeLimit(.minutes(5)))
struct StageTests {
    /// A stage that writes down what becomes of its inputs.
    private final class Rig: Sendable {
        private struct State {
            var worked: [Int] = []
            var isInside = false
            var wasTwice = false
        }

        let queue = DispatchQueue(label: "stage")
        let isOpen = Atomic(true)
        let replaced = Seen()
        private let state: Mutex<State> = Mutex(State())
        /// Belongs to the stage's queue, unguarded: ThreadSanitizer sees who else comes.
        nonisolated(unsafe) private var count = 0

        /// Inputs that were worked on, in order.
        var worked: [Int] { state.withLock { $0.worked } }
        /// Whether two inputs were being worked on at once.
        var wasTwice: Bool { state.withLock { $0.wasTwice } }
        /// On the stage's queue, or after it has ended.
        var counted: Int { count }

        func work(_ input: Int) {
            state.withLock { state in
                state.wasTwice = state.wasTwice || state.isInside
                state.isInside = true
            }
            count += 1
            if input.isMultiple(of: 7) { usleep(20) }
            state.withLock { state in
                state.isInside = false
                state.worked.append(input)
            }
        }
    }

    /// Submitted = worked on + replaced, one at a time, in order, and nothing after the end: while inputs are dropped, and
    /// while the rule changes its mind.
    @Test(arguments: 1...4)
    func everyInputEndsOnce(_ submitters: Int) throws {
        let count = 2000
        let rig = Rig()
        let wakeUp = WakeUp(rig.queue)
        let stage = Stage<Int>(
            on: rig.queue, wakeUp: wakeUp,
            rule: StartRule(mayStart: { rig.isOpen.load(ordering: .acquiring) }),
            onReplaced: rig.replaced.append, rig.work)
        try onThreads(submitters + 2) { thread in
            switch thread {
            case submitters:
                for _ in 0..<count / 10 {
                    stage.dropWaiting()
                    usleep(50)
                }
            case submitters + 1:
                for turn in 0...count / 10 {
                    rig.isOpen.store(turn.isMultiple(of: 2), ordering: .releasing)
                    wakeUp()
                    usleep(50)
                }
            default: for value in 0..<count { stage.submit(thread * count + value) }
            }
        }
        let ends = Atomic(0)
        let end = DispatchSemaphore(value: 0)
        stage.finish {
            ends.add(1, ordering: .relaxed)
            end.signal()
        }
        try #require(end.wait(timeout: .now() + 10) == .success)
        let atEnd = rig.worked
        wakeUp()
        rig.queue.sync {}
        #expect(ends.load(ordering: .relaxed) == 1 && stage.isIdle && stage.hasRoom)
        #expect(rig.worked == atEnd && rig.counted == atEnd.count && !rig.wasTwice)
        #expect((atEnd + rig.replaced.all).sorted() == Array(0..<submitters * count))
        #expect(stage.dropped == rig.replaced.all.count)
        #expect(areInOrder(atEnd, posters: submitters, each: count))
    }

    /// A stage that says it is idle has done, by then, whatever it was given before.
    @Test func idleMeansDone() throws {
        let rig = Rig()
        let stage = Stage<Int>(on: rig.queue, rig.work)
        for input in 0..<5000 {
            stage.submit(input)
            while !stage.isIdle {}
            try #require(rig.worked.last == input, "said to be idle before its work was done")
        }
    }

    @Test func aWakeUpThatNobodyHasSetMayGo() {
        for _ in 0..<100 {
            let wakeUp = WakeUp(DispatchQueue(label: "unused"))
            wakeUp()
        }
    }
}
