import CFOMMKernels
import Dispatch
import Foundation
import Synchronization

/// What a ``WorkerPool`` spreads over its threads. Items may run at the same time: they write to disjoint memory.
protocol ParallelWork {
    func callAsFunction(_ item: Int, _ worker: Int)
}

extension ParallelWork {
    static func perform(_ work: UnsafeRawPointer, _ item: Int, _ worker: Int) {
        work.assumingMemoryBound(to: Self.self).pointee(item, worker)
    }
}
