import CFOMMKernels
import Dispatch
import Foundation
import Synchronization

/// Threads that share the items of one piece of work at a time, without allocating: `concurrentPerform` copies its block
/// to the heap four times a call, which is hundreds of allocations a frame.
///
/// One queue calls ``run(_:_:)``; it takes part in the work itself, as worker 0, and returns when all items are done.
final class WorkerPool {
    private let shared: Shared

    /// - Parameter workers: at least 1; the calling thread is one of them.
    init(workers: Int) {
        precondition(workers > 0, "a pool needs a worker")
        shared = Shared(helpers: workers - 1)
        for helper in 0..<workers - 1 {
            let thread = Thread { [shared] in shared.help(as: helper) }
            thread.name = "puppet-worker"
            thread.start()
        }
    }

    deinit { shared.stop() }

    var workers: Int { shared.wakeUps.count + 1 }

    /// Calls `work(item, worker)` for every item in `0 ..< count`, where floats that are subnormal count as zero. Idle workers
    /// take the next item, so a core that another program slows down takes fewer.
    func run(_ count: Int, _ work: some ParallelWork) {
        let before = puppet_flush_subnormals()
        defer { puppet_restore_subnormals(before) }
        let helpers = min(count, workers) - 1
        guard helpers > 0 else {
            for item in 0..<count { work(item, 0) }
            return
        }
        withUnsafePointer(to: work) { shared.run(count, UnsafeRawPointer($0), type(of: work), helpers: helpers) }
    }
}

/// What the threads of a pool have in common.
///
/// `@unchecked Sendable` holds because `job` is written only while no helper runs: `run` returns after `done`, which the
/// last helper signals, and helpers read it only after `wakeUps`.
private final class Shared: @unchecked Sendable {
    private struct Job {
        let count: Int
        let work: UnsafeRawPointer
        let type: any ParallelWork.Type
    }

    /// One per helper, signalled once per job.
    let wakeUps: [DispatchSemaphore]
    private let done = DispatchSemaphore(value: 0)
    private var job: Job?
    private let next = Atomic<Int>(0)
    private let running = Atomic<Int>(0)
    /// Counts jobs, so that a helper can see one coming without a system call.
    private let jobs = Atomic<Int>(0)

    init(helpers: Int) { wakeUps = (0..<helpers).map { _ in DispatchSemaphore(value: 0) } }

    func run(_ count: Int, _ work: UnsafeRawPointer, _ type: any ParallelWork.Type, helpers: Int) {
        let job = Job(count: count, work: work, type: type)
        self.job = job
        next.store(0, ordering: .relaxed)
        running.store(helpers, ordering: .relaxed)
        jobs.wrappingAdd(1, ordering: .relaxed)
        for helper in 0..<helpers { wakeUps[helper].signal() }
        takeItems(job, worker: 0)
        spin { running.load(ordering: .relaxed) == 0 }
        done.wait()
    }

    func help(as helper: Int) {
        _ = puppet_flush_subnormals()
        var seen = 0
        while true {
            spin { jobs.load(ordering: .relaxed) != seen }
            wakeUps[helper].wait()
            seen = jobs.load(ordering: .relaxed)
            guard let job else { return }
            takeItems(job, worker: helper + 1)
            if running.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done.signal() }
        }
    }

    /// Ends all helpers; nothing may be running.
    func stop() {
        job = nil
        for wakeUp in wakeUps { wakeUp.signal() }
    }

    private func takeItems(_ job: Job, worker: Int) {
        while true {
            let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard item < job.count else { return }
            job.type.perform(job.work, item, worker)
        }
    }

    /// Waits a few tens of microseconds, the time between two layers, before the semaphore puts the thread to sleep:
    /// waking it again would take longer than that.
    private func spin(until condition: () -> Bool) {
        for _ in 0..<Self.spins {
            if condition() { return }
            puppet_pause()
        }
    }

    private static let spins = 2000
}
