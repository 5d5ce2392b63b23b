import CFOMMKernels

/// Everything a network needs at run time besides its weights: memory for every intermediate tensor, threads, kernels.
///
/// All memory is reserved by `init` and zeroed, the system provides its pages as they are first used, and no kernel writes
/// a halo, so halos stay zero for good. Confined to one queue at a time, from where ``forEach(_:_:_:)`` spreads work over threads.
final class Workspace {
    let instructionSet: InstructionSet
    /// How many threads a layer may use, at least 1.
    var threads: Int { pool.workers }
    /// Parts that a layer should come in, where it can: with three for each thread one that is slower than the others takes
    /// fewer, and does not hold up the layer. Few threads have cores that are alike, and more parts cost more than they save.
    var partsWanted: Int { threads < 4 ? threads : 3 * threads }
    /// Set while layers are timed.
    var clock: LayerClock?
    /// Set while the ranges of layers' inputs are recorded.
    var recorder: RangeRecorder?
    private let pool: WorkerPool
    private let memory: UnsafeMutablePointer<Float>
    private let count: Int
    private var scratch: UnsafeMutablePointer<Float>
    private var scratchPerWorker = 0
    private var sharedMemory: UnsafeMutablePointer<Float>
    private var sharedCount = 0

    init(_ layout: WorkspaceLayout, threads: Int, instructionSet: InstructionSet) {
        pool = WorkerPool(workers: threads)
        self.instructionSet = instructionSet
        count = layout.floatCount
        memory = .allocateAligned(count)
        scratch = .allocateAligned(0)
        sharedMemory = .allocateAligned(0)
    }

    deinit {
        memory.deallocateAligned(count)
        scratch.deallocateAligned(scratchPerWorker * threads)
        sharedMemory.deallocateAligned(sharedCount)
    }

    var kernels: puppet_kernels { instructionSet.kernels }

    subscript(slot: TensorSlot) -> TensorView {
        let start = memory + slot.offset
        return TensorView(
            shape: slot.shape, base: start + slot.shape.origin,
            integers: slot.integersOf.map {
                TensorView.Integers(
                    base: UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self) + slot.shape.origin,
                    perUnit: $0.perUnitOfKnownRanges)
            })
    }

    subscript(slot: FloatSlot) -> UnsafeMutablePointer<Float> { memory + slot.offset }

    /// Makes sure that each worker has `count` floats of its own; grows on a network's first run only.
    func reserveScratch(floatsPerWorker count: Int) {
        let aligned = (count + 15) / 16 * 16
        guard aligned > scratchPerWorker else { return }
        scratch.deallocateAligned(scratchPerWorker * threads)
        scratch = .allocateAligned(aligned * threads)
        scratchPerWorker = aligned
    }

    /// The scratch memory of worker 0 ..< ``threads``; holds whatever its last user left.
    func scratch(ofWorker worker: Int) -> UnsafeMutablePointer<Float> { scratch + worker * scratchPerWorker }

    /// Memory that a layer's workers share, until the next layer that asks for some; grows on a network's first run only.
    func shared(floats count: Int) -> UnsafeMutablePointer<Float> {
        if count > sharedCount {
            sharedMemory.deallocateAligned(sharedCount)
            sharedMemory = .allocateAligned(count)
            sharedCount = count
        }
        return sharedMemory
    }

    /// Calls `body(context, item, worker)` for every item in `0 ..< count`, on up to ``threads`` threads, and returns when
    /// all of it is done. Which worker takes an item never changes a result.
    ///
    /// - Parameters:
    ///   - context: everything `body` needs.
    ///   - body: captures nothing: a closure that does would be copied to the heap, for every layer of every frame.
    func forEach<Context>(
        _ count: Int, _ context: Context, _ body: @escaping (_ context: Context, _ item: Int, _ worker: Int) -> Void
    ) {
        run(count, ItemWork(context: context, body: body))
    }

    /// The largest of what `body(context, item, values)` raises `count` floats to, from 0 on, for every item.
    /// - Returns: valid until the scratch memory is used again.
    func largest<Context>(
        _ count: Int, items: Int, _ context: Context,
        _ body: @escaping (_ context: Context, _ item: Int, _ values: UnsafeMutablePointer<Float>) -> Void
    ) -> UnsafePointer<Float> {
        reserveScratch(floatsPerWorker: count)
        for worker in 0..<threads { scratch(ofWorker: worker).update(repeating: 0, count: count) }
        run(items, LargestWork(workspace: self, context: context, body: body))
        let values = scratch(ofWorker: 0)
        for worker in 1..<threads {
            let others = scratch(ofWorker: worker)
            for index in 0..<count { values[index] = max(values[index], others[index]) }
        }
        return UnsafePointer(values)
    }

    /// Spreads what a kernel computes, `count` rows or tiles of it, over the threads; see ``forEachBand(ofRows:_:_:)``.
    ///
    /// - Parameter kernel: captures nothing.
    func spread<Call>(
        _ call: Call, over count: Int,
        _ kernel: @escaping (_ kernels: puppet_kernels, _ call: UnsafePointer<Call>, _ part: puppet_range) -> Void
    ) {
        forEachBand(ofRows: count, KernelCall(kernels: kernels, call: call, kernel: kernel)) { work, part, _ in
            withUnsafePointer(to: work.call) { work.kernel(work.kernels, $0, puppet_range(part)) }
        }
    }

    /// Splits `0 ..< count` rows into bands and calls `body(context, band, worker)` for each; see ``forEach(_:_:_:)``.
    func forEachBand<Context>(
        ofRows count: Int, _ context: Context,
        _ body: @escaping (_ context: Context, _ rows: Range<Int>, _ worker: Int) -> Void
    ) {
        let rowsPerBand = max(1, (count + 4 * threads - 1) / (4 * threads))
        let work = BandWork(context: context, rows: count, rowsPerBand: rowsPerBand, body: body)
        run((count + rowsPerBand - 1) / rowsPerBand, work)
    }

    private func run(_ items: Int, _ work: some ParallelWork) {
        clock?.parts += items
        pool.run(items, work)
    }
}

/// Not a tuple: to put a function into one of any type means to wrap it, on the heap.
private struct KernelCall<Call> {
    let kernels: puppet_kernels
    let call: Call
    let kernel: (puppet_kernels, UnsafePointer<Call>, puppet_range) -> Void
}

private struct ItemWork<Context>: ParallelWork {
    let context: Context
    let body: (Context, Int, Int) -> Void

    func callAsFunction(_ item: Int, _ worker: Int) { body(context, item, worker) }
}

private struct BandWork<Context>: ParallelWork {
    let context: Context
    let rows: Int
    let rowsPerBand: Int
    let body: (Context, Range<Int>, Int) -> Void

    func callAsFunction(_ item: Int, _ worker: Int) {
        body(context, item * rowsPerBand..<min(rows, (item + 1) * rowsPerBand), worker)
    }
}

private struct LargestWork<Context>: ParallelWork {
    unowned let workspace: Workspace
    let context: Context
    let body: (Context, Int, UnsafeMutablePointer<Float>) -> Void

    func callAsFunction(_ item: Int, _ worker: Int) { body(context, item, workspace.scratch(ofWorker: worker)) }
}
