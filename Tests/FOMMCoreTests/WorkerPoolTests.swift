import Glibc
import Testing

@testable import FOMMCore

/// What a pool promises, where its threads are more than there are cores and some of them are slow.
@Suite("Threads that share work", .timeLimit(.minutes(5)))
struct WorkerPoolTests {
    /// Writes down which items were called, by plain stores: ThreadSanitizer sees what is not ordered.
    private struct Round: ParallelWork {
        let calls: UnsafeMutablePointer<Int>
        /// How many calls each worker is inside of.
        let inside: UnsafeMutablePointer<Int>
        /// Calls of one worker number on two threads at once.
        let clashes: UnsafeMutablePointer<Int>
        /// The worker that takes its time; -1: none.
        let slow: Int
        /// What else an item does.
        var inner: (Int) -> Void = { _ in }

        func callAsFunction(_ item: Int, _ worker: Int) {
            inside[worker] += 1
            if inside[worker] != 1 { clashes[worker] += 1 }
            if worker == slow { usleep(100) }
            inner(worker)
            calls[item] += 1
            inside[worker] -= 1
        }
    }

    private func zeros(_ count: Int) -> UnsafeMutablePointer<Int> {
        let numbers = UnsafeMutablePointer<Int>.allocate(capacity: count)
        numbers.initialize(repeating: 0, count: count)
        return numbers
    }

    private func allAre(_ value: Int, _ numbers: UnsafeMutablePointer<Int>, _ count: Int) -> Bool {
        UnsafeBufferPointer(start: numbers, count: count).allSatisfy { $0 == value }
    }

    private struct Halving: ParallelWork {
        let numbers: UnsafeMutablePointer<Float>

        func callAsFunction(_ item: Int, _ worker: Int) {
            if worker == 0 { usleep(100) }
            numbers[item] *= 0.5
        }
    }

    /// On all threads, and on the caller's only meanwhile: what else runs there is not ours.
    @Test(arguments: 1...3)
    func whatIsSubnormalIsZero(_ workers: Int) {
        let (pool, count) = (WorkerPool(workers: workers), 64)
        let numbers = UnsafeMutablePointer<Float>.allocate(capacity: count)
        defer { numbers.deallocate() }
        numbers.initialize(repeating: .leastNormalMagnitude, count: count)
        pool.run(count, Halving(numbers: numbers))
        #expect(UnsafeBufferPointer(start: numbers, count: count).allSatisfy { $0 == 0 })
        numbers[0] = .leastNormalMagnitude
        Halving(numbers: numbers)(0, 1)
        #expect(numbers[0] > 0)
    }

    /// Every item once, none of those behind, none after the return: all is wiped by then, and still is a round later.
    @Test(arguments: 1...16)
    func everyItemIsCalledOnce(_ workers: Int) {
        let pool = WorkerPool(workers: workers)
        let most = 3 * workers + 1
        let (calls, inside, clashes) = (zeros(most), zeros(workers), zeros(workers))
        defer { for numbers in [calls, inside, clashes] { numbers.deallocate() } }
        #expect(pool.workers == workers)
        for round in 0..<300 {
            let count = round % (most + 1)
            guard allAre(0, calls, most) else {
                Issue.record("an item was called after round \(round - 1) had returned")
                return
            }
            pool.run(
                count,
                Round(calls: calls, inside: inside, clashes: clashes, slow: round % 5 == 0 ? round % workers : -1))
            guard allAre(1, calls, count), allAre(0, calls + count, most - count), allAre(0, inside, workers) else {
                Issue.record(
                    "round \(round): \(Array(UnsafeBufferPointer(start: calls, count: most))) of \(count) items")
                return
            }
            calls.update(repeating: 0, count: most)
        }
        #expect(allAre(0, clashes, workers), "a worker's number is that of one thread at a time")
    }

    /// A worker may itself share work, with a pool of its own.
    @Test(arguments: [(2, 2), (3, 4), (4, 3)])
    func poolsMayBeNested(_ outer: Int, _ inner: Int) {
        let pool = WorkerPool(workers: outer)
        let pools = (0..<outer).map { _ in WorkerPool(workers: inner) }
        let (calls, inside, clashes) = (zeros(20), zeros(outer), zeros(outer))
        let (innerCalls, innerInside, innerClashes) = (zeros(10 * outer), zeros(inner * outer), zeros(inner * outer))
        defer {
            for numbers in [calls, inside, clashes, innerCalls, innerInside, innerClashes] { numbers.deallocate() }
        }
        for _ in 0..<50 {
            pool.run(
                20,
                Round(calls: calls, inside: inside, clashes: clashes, slow: 0) { worker in
                    pools[worker].run(
                        10,
                        Round(
                            calls: innerCalls + 10 * worker, inside: innerInside + inner * worker,
                            clashes: innerClashes + inner * worker, slow: -1))
                })
        }
        #expect(allAre(50, calls, 20) && allAre(0, clashes, outer) && allAre(0, innerClashes, inner * outer))
        for item in 0..<10 {
            #expect((0..<outer).reduce(0) { $0 + innerCalls[10 * $1 + item] } == 50 * 20)
        }
    }
}
