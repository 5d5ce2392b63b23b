import CFOMMKernels

/// A direct convolution on 8-bit integers, which are made of the float32 input a few rows at a time and used while they
/// are still in the cache.
struct Int8Conv2d: Sendable {
    private let convolution: Conv2d
    private let weights: Int8Weights

    /// - Parameters:
    ///   - convolution: direct, float32.
    ///   - format: of the instruction set that it runs with.
    init(_ convolution: Conv2d, _ quantisation: Quantisation, format: Quantisation.Format) {
        self.convolution = convolution.quantised(quantisation, format: format)
        guard let weights = self.convolution.int8 else { preconditionFailure("no integers after quantising") }
        self.weights = weights
    }

    /// - Parameters:
    ///   - padding: of the input, by its halo.
    ///   - runs: of the output; `nil` for all of it.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, padding: (rows: Int, columns: Int), runs: TileRuns? = nil,
        in workspace: Workspace
    ) {
        let shape = output.shape
        workspace.timed(
            LayerTime(
                "\(convolution.kernelHeight)x\(convolution.kernelWidth)", "int8", input.shape, shape,
                products: convolution.kernelHeight * convolution.kernelWidth * shape.height * shape.width,
                of: convolution)
        ) {
            var call = convolution.call(input, padding: padding, into: output, epilogue: .init())
            call.weights = weights.call(in: workspace) { ChannelRanges.find(in: input, workspace) }
            run(call, runs, in: workspace)
        }
    }

    private func run(_ call: puppet_conv2d, _ runs: TileRuns?, in workspace: Workspace) {
        let rowsPerItem = runs == nil ? Self.rowsPerItem : TileList.side
        let bytes =
            Int(call.input.blocks * call.input.width) * (rowsPerItem + convolution.kernelHeight - 1)
            * ChannelLayout.block
        workspace.reserveScratch(floatsPerWorker: bytes / MemoryLayout<Float>.size)
        let items = runs?.count ?? (Int(call.output.height) + rowsPerItem - 1) / rowsPerItem
        workspace.forEach(items, (workspace, call, runs)) { work, item, worker in
            let (workspace, call, runs) = work
            let (height, width) = (Int(call.output.height), Int(call.output.width))
            let first = item * Self.rowsPerItem
            let (rows, columns) =
                runs?[item].pixels(height: height, width: width)
                ?? (first..<min(first + Self.rowsPerItem, height), 0..<width)
            Self.compute(
                call, rows: rows, columns: columns, workspace.kernels, scratch: workspace.scratch(ofWorker: worker))
        }
    }

    /// Of 64 channels and 256 columns the integers take 0.4 MB.
    private static let rowsPerItem = 16

    private static func compute(
        _ call: puppet_conv2d, rows: Range<Int>, columns: Range<Int>, _ kernels: puppet_kernels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt8.self)
        var part = call
        part.input = call.input.window(
            rows: rows.lowerBound..<rows.upperBound + Int(call.kernel_height) - 1,
            columns: columns.lowerBound..<columns.upperBound + Int(call.kernel_width) - 1)
        part.output = call.output.window(rows: rows, columns: columns)
        kernels.quantise!(part.input, call.weights.per_unit!, integers)
        part.integers = UnsafePointer(integers)
        part.input.row_stride = Int(part.input.width) * ChannelLayout.block
        part.input.block_stride = Int(part.input.height) * part.input.row_stride
        let groups = (call.output.blocks + kernels.group_blocks - 1) / kernels.group_blocks
        for group in 0..<groups { kernels.conv2d_rows!(&part, group, puppet_range(0..<rows.count)) }
    }
}
