import CFOMMKernels

/// A direct convolution on 8-bit integers, which are made of the float32 input a few rows at a time and used while they
/// are still in the cache.
struct Int8Conv2d: Sendable {
    private let convolution: Conv2d
    private let weights: Int8Weights

    /// - Parameters:
    ///   - convolution: direct, float32.
    ///   - levels: `puppet_kernels.int8_levels`.
    init(_ convolution: Conv2d, _ quantisation: Quantisation, levels: Int) {
        self.convolution = convolution.quantised(quantisation, levels: levels)
        guard let weights = self.convolution.int8 else { preconditionFailure("no integers after quantising") }
        self.weights = weights
    }

    /// - Parameters:
    ///   - firstTap: of output pixel (0, 0), in the halo.
    ///   - runs: of the output; `nil` for all of it.
    func callAsFunction(
        _ input: TensorView, firstTap: (row: Int, column: Int), into output: TensorView, runs: TileRuns?,
        in workspace: Workspace
    ) {
        let shape = output.shape
        workspace.timed(
            LayerWork(
                "\(convolution.kernelHeight)x\(convolution.kernelWidth)", "int8", input.shape, shape,
                products: convolution.kernelHeight * convolution.kernelWidth * shape.height * shape.width,
                of: convolution)
        ) {
            let ranges = weights.isDynamic ? ChannelRanges.find(in: input, workspace) : nil
            let room = ranges.map { _ in workspace.shared(floats: weights.dynamicCount) }
            convolution.withCall(input, firstTap: firstTap, into: output, epilogue: .init()) { call in
                weights.withCall(ranges: ranges, room: room) { int8 in
                    run(call, int8.pointee, runs, in: workspace)
                }
            }
        }
    }

    private func run(_ call: puppet_conv2d, _ int8: puppet_int8, _ runs: TileRuns?, in workspace: Workspace) {
        let (height, width) = (Int(call.height), Int(call.width))
        let rowsPerItem = runs == nil ? Self.rowsPerItem : TileList.side
        let bytes =
            Int(call.input_blocks) * (rowsPerItem + convolution.kernelHeight - 1)
            * (width + convolution.kernelWidth - 1) * ChannelLayout.block
        workspace.reserveScratch(floatsPerWorker: bytes / MemoryLayout<Float>.size)
        let items = runs?.count ?? (height + rowsPerItem - 1) / rowsPerItem
        workspace.forEach(items, (workspace, call, int8, runs, rowsPerItem)) { work, item, worker in
            let (workspace, call, int8, runs, rowsPerItem) = work
            var (firstColumn, end) = (0, Int(call.width))
            var firstRow = item * rowsPerItem
            if let run = runs?[item] {
                firstRow = Int(run.row) * rowsPerItem
                firstColumn = Int(run.firstColumn) * TileList.side
                end = min(firstColumn + Int(run.columns) * TileList.side, end)
            }
            let rows = min(rowsPerItem, Int(call.height) - firstRow)
            Self.compute(
                call, int8, rows: firstRow..<firstRow + rows, columns: firstColumn..<end, workspace.kernels,
                scratch: workspace.scratch(ofWorker: worker))
        }
    }

    /// Of 64 channels and 256 columns the integers take 0.4 MB.
    private static let rowsPerItem = 16

    private static func compute(
        _ call: puppet_conv2d, _ int8: puppet_int8, rows: Range<Int>, columns: Range<Int>, _ kernels: puppet_kernels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let block = ChannelLayout.block
        let readRows = rows.count + Int(call.kernel_height) - 1
        let readColumns = columns.count + Int(call.kernel_width) - 1
        let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt8.self)
        kernels.quantise_rows!(
            call.input + rows.lowerBound * call.input_row_stride + columns.lowerBound * block, call.input_block_stride,
            call.input_row_stride, call.input_blocks, Int32(readRows), Int32(readColumns), int8.per_unit, integers)
        var (part, partInt8) = (call, int8)
        partInt8.input = UnsafePointer(integers)
        part.input_row_stride = readColumns * block
        part.input_block_stride = readRows * readColumns * block
        let offset = rows.lowerBound * call.output_row_stride + columns.lowerBound * call.output_pixel_stride
        part.output += offset
        (part.height, part.width) = (Int32(rows.count), Int32(columns.count))
        withUnsafePointer(to: partInt8) { partInt8 in
            part.int8 = partInt8
            let groups = (call.output_blocks + kernels.group_blocks - 1) / kernels.group_blocks
            for group in 0..<groups { kernels.conv2d_rows!(&part, group, 0, part.height) }
        }
    }
}
