import CFOMMKernels
import COpenBLAS

extension Workspace {
    /// Runs convolutions that do not depend on one another and have the same size, with the variant this workspace was
    /// made for.
    func run(_ calls: UnsafeBufferPointer<puppet_conv2d>) {
        if let kernel = kernels.conv2d_rows {
            runDirect(calls, kernel, groupBlocks: Int(kernels.group_blocks))
        } else {
            calls.forEach(runAsMatrixProduct)
        }
    }

    /// Our own kernel. An item of work is a band of rows of one group of output blocks: enough of them to keep every
    /// thread busy to the end, few enough that a group's weights are read from memory once per band.
    private func runDirect(
        _ calls: UnsafeBufferPointer<puppet_conv2d>,
        _ kernel: @convention(c) (UnsafePointer<puppet_conv2d>, Int32, puppet_range) -> Void, groupBlocks: Int
    ) {
        let height = Int(calls[0].output.height)
        let groups = (Int(calls[0].output.blocks) + groupBlocks - 1) / groupBlocks
        let bandsWanted = threads == 1 ? 1 : (4 * threads + groups * calls.count - 1) / (groups * calls.count)
        let rowsPerBand = max((height + bandsWanted - 1) / bandsWanted, Self.rowsPerTile)
        let bands = (height + rowsPerBand - 1) / rowsPerBand
        forEach(calls.count * groups * bands, (calls, kernel, groups, bands, rowsPerBand, height)) { work, item, _ in
            let (calls, kernel, groups, bands, rowsPerBand, height) = work
            let (rest, band) = item.quotientAndRemainder(dividingBy: bands)
            let (call, group) = rest.quotientAndRemainder(dividingBy: groups)
            let firstRow = band * rowsPerBand
            let rows = firstRow..<min(firstRow + rowsPerBand, height)
            kernel(calls.baseAddress! + call, Int32(group), puppet_range(rows))
        }
    }

    /// On narrow images one tile covers up to this many rows.
    private static let rowsPerTile = 4

    /// im2col and OpenBLAS, a run of pixels at a time: `[pixels, taps] x [taps, 16]` per output block.
    private func runAsMatrixProduct(_ call: puppet_conv2d) {
        let pixelCount = Int(call.output.width) * Int(call.output.height)
        reserveScratch(floatsPerWorker: Self.pixelsPerItem * (call.weights.steps + ChannelLayout.block))
        _ = Self.openBLASUsesOneThread
        let items = (pixelCount + Self.pixelsPerItem - 1) / Self.pixelsPerItem
        withUnsafePointer(to: call) { call in
            forEach(items, (self, call)) { work, item, worker in
                work.0.multiplyPixels(work.1, item, scratch: work.0.scratch(ofWorker: worker))
            }
        }
    }

    private static let pixelsPerItem = 64

    private func multiplyPixels(
        _ call: UnsafePointer<puppet_conv2d>, _ item: Int, scratch sums: UnsafeMutablePointer<Float>
    ) {
        let (block, taps) = (ChannelLayout.block, call.pointee.weights.steps)
        let weights = call.pointee.weights.values.assumingMemoryBound(to: Float.self)
        let first = item * Self.pixelsPerItem
        let pixels =
            first..<min(first + Self.pixelsPerItem, Int(call.pointee.output.width * call.pointee.output.height))
        let patches = sums + Self.pixelsPerItem * block
        kernels.im2col_pixels!(call, puppet_range(pixels), patches)
        for outputBlock in 0..<Int(call.pointee.output.blocks) {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(pixels.count), blasint(block), blasint(taps), 1,
                patches, blasint(taps), weights + outputBlock * taps * block, blasint(block), 0, sums, blasint(block))
            kernels.finish_pixels!(call, Int32(outputBlock), puppet_range(pixels), sums)
        }
    }

    /// We split the work; OpenBLAS's own threads would compete with ours.
    private static let openBLASUsesOneThread: Void = openblas_set_num_threads(1)
}
