import CFOMMKernels
import Dispatch
import Synchronization

/// Where a tensor lies in a ``Workspace``.
struct TensorSlot: Sendable {
    let shape: TensorShape
    fileprivate let offset: Int
}

/// Where plain floats (a heatmap, a mask) lie in a ``Workspace``.
struct FloatSlot: Sendable {
    let count: Int
    fileprivate let offset: Int
}

/// Collects, while a network is built, how much memory one run of it needs.
struct WorkspaceLayout: Sendable {
    private(set) var floatCount = 0

    mutating func reserve(_ shape: TensorShape) -> TensorSlot {
        TensorSlot(shape: shape, offset: take(shape.elementCount))
    }

    mutating func reserve(floats count: Int) -> FloatSlot { FloatSlot(count: count, offset: take(count)) }

    /// Every reservation starts on a cache line.
    private mutating func take(_ count: Int) -> Int {
        defer { floatCount += (count + 15) / 16 * 16 }
        return floatCount
    }
}

/// Everything a network needs at run time besides its weights: memory for every intermediate tensor, threads, kernels.
///
/// All memory is allocated by `init` and zeroed, and no kernel writes a halo, so halos stay zero for good. Confined to
/// one queue at a time; ``forEach(_:_:)`` spreads work over threads from there and returns when all of it is done.
final class Workspace {
    let instructionSet: InstructionSet
    /// How many threads a layer may use, at least 1.
    let threads: Int
    private let memory: UnsafeMutablePointer<Float>
    private var scratch: UnsafeMutablePointer<Float>
    private var scratchPerWorker = 0

    init(_ layout: WorkspaceLayout, threads: Int, instructionSet: InstructionSet) {
        precondition(threads > 0, "a workspace needs a thread")
        self.threads = threads
        self.instructionSet = instructionSet
        memory = .allocateAligned(layout.floatCount)
        scratch = .allocateAligned(0)
    }

    deinit {
        memory.deallocateAligned()
        scratch.deallocateAligned()
    }

    var kernels: puppet_kernels { instructionSet.kernels }

    subscript(slot: TensorSlot) -> TensorView {
        TensorView(shape: slot.shape, base: memory + slot.offset + slot.shape.origin)
    }

    subscript(slot: FloatSlot) -> UnsafeMutablePointer<Float> { memory + slot.offset }

    /// Makes sure that each worker has `count` floats of its own; grows on a network's first run only.
    func reserveScratch(floatsPerWorker count: Int) {
        let aligned = (count + 15) / 16 * 16
        guard aligned > scratchPerWorker else { return }
        scratch.deallocateAligned()
        scratch = .allocateAligned(aligned * threads)
        scratchPerWorker = aligned
    }

    /// The scratch memory of worker 0 ..< ``threads``; holds whatever its last user left.
    func scratch(ofWorker worker: Int) -> UnsafeMutablePointer<Float> { scratch + worker * scratchPerWorker }

    /// Calls `body(item, worker)` for every item in `0 ..< count`, on up to ``threads`` threads. Idle workers take the
    /// next item, so a core that the call app slows down takes fewer. Which worker takes an item never changes a result.
    func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1 else {
            for item in 0..<count { body(item, 0) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            // Sound: concurrentPerform returns after the last call, and items write to disjoint memory.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                while true {
                    let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard item < count else { return }
                    body(item, worker)
                }
            }
        }
    }

    /// Splits `0 ..< count` rows into bands and calls `body(band, worker)` for each.
    func forEachBand(ofRows count: Int, _ body: (_ rows: Range<Int>, _ worker: Int) -> Void) {
        let rowsPerBand = max(1, (count + 4 * threads - 1) / (4 * threads))
        let bands = (count + rowsPerBand - 1) / rowsPerBand
        forEach(bands) { band, worker in
            body(band * rowsPerBand..<min(count, (band + 1) * rowsPerBand), worker)
        }
    }
}
