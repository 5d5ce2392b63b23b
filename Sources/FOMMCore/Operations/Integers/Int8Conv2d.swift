import CFOMMKernels

/// A direct convolution on 8-bit integers. Where the input does not hold them, they are made of float32 a few rows at a time and
/// used while they are still in the cache. What it reads are activations, none of which are negative: their integers begin
/// with 0.
struct Int8Conv2d: Sendable {
    private let convolution: Conv2d
    let weights: Int8Weights
    /// 1, or those of an ``UpsamplingConv2d``.
    private let phases: Int

    /// - Parameters:
    ///   - convolution: direct, float32.
    ///   - format: ``InstructionSet/unsignedInt8Format`` of what it runs with.
    init(_ convolution: Conv2d, _ quantisation: Quantisation, format: Quantisation.Format) {
        self.init(convolution, phases: 1, quantisation, format: format)
    }

    /// - Parameters:
    ///   - phases: of an ``UpsamplingConv2d``, float32.
    ///   - format: as above.
    init(upsampling phases: Conv2d, _ quantisation: Quantisation, format: Quantisation.Format) {
        self.init(phases, phases: UpsamplingConv2d.phaseCount, quantisation, format: format)
    }

    private init(_ convolution: Conv2d, phases: Int, _ quantisation: Quantisation, format: Quantisation.Format) {
        self.phases = phases
        self.convolution = convolution.quantised(
            quantisation, sources: [Int](repeating: 0, count: phases), format: format)
        guard let weights = self.convolution.int8 else { preconditionFailure("no integers after quantising") }
        self.weights = weights
    }

    /// - Parameters:
    ///   - padding: of the input, by its halo; 1 of an upsampling convolution.
    ///   - runs: of the output; `nil` for all of it, the only choice of an upsampling convolution.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, padding: (rows: Int, columns: Int), runs: TileRuns? = nil,
        epilogue: Conv2d.Epilogue = .init(), in workspace: Workspace
    ) {
        precondition(phases == 1 || runs == nil, "an upsampling convolution computes all of \(output.shape)")
        let (height, width) = (convolution.kernelHeight, convolution.kernelWidth)
        let pixels = output.shape.height * output.shape.width
        let time =
            phases == 1
            ? LayerTime(
                "\(height)x\(width)", "int8", input.shape, output.shape, products: height * width * pixels,
                of: convolution)
            : LayerTime(
                "upsampled 3x3", "int8 phases", input.shape, output.shape, products: 9 * pixels, of: convolution,
                computed: 4.0 / 9)
        workspace.timed(time) {
            var call = convolution.call(input, padding: padding, into: output, epilogue: epilogue)
            call.weights = weights.call(in: workspace) { ChannelRanges.find(in: input, workspace) }
            run(call, runs, in: workspace)
        }
    }

    /// How many rows and columns more there are of the input than of the output.
    private var reach: (rows: Int, columns: Int) {
        phases == 1 ? (convolution.kernelHeight - 1, convolution.kernelWidth - 1) : (2, 2)
    }

    /// An item of work is a band of rows, where those are few a part of its columns. Where these are few, too, it is a part of
    /// what is made of them, some output blocks of some phases: to make the same integers more than once costs less than an
    /// idle thread, and each thread then reads only a part of the weights.
    private func run(_ call: puppet_conv2d, _ runs: TileRuns?, in workspace: Workspace) {
        let rowsPerItem = runs == nil ? Self.rowsPerItem : TileList.side
        if call.integers == nil {
            let bytes = Int(call.input.blocks * call.input.width) * (rowsPerItem + reach.rows) * ChannelLayout.block
            workspace.reserveScratch(floatsPerWorker: bytes / MemoryLayout<Float>.size)
        }
        let (height, width) = (Int(call.input.height) - reach.rows, Int(call.input.width) - reach.columns)
        let lines = (height + rowsPerItem - 1) / rowsPerItem
        let perLine =
            runs == nil ? max(1, min((workspace.partsWanted + lines - 1) / lines, width / Self.leastColumns)) : 1
        let bands = runs?.count ?? lines * perLine
        let groups = Int((call.output.blocks + workspace.kernels.group_blocks - 1) / workspace.kernels.group_blocks)
        let parts = bands >= workspace.partsWanted ? 1 : min(workspace.partsWanted, groups * phases)
        let work = (self, workspace, call, runs, perLine, groups, parts)
        workspace.forEach(bands * parts, work) { work, item, worker in
            let (convolution, workspace, call, runs, perLine, groups, parts) = work
            let (band, part) = item.quotientAndRemainder(dividingBy: parts)
            let reach = convolution.reach
            let (height, width) = (Int(call.input.height) - reach.rows, Int(call.input.width) - reach.columns)
            let (line, column) = band.quotientAndRemainder(dividingBy: perLine)
            let first = line * Self.rowsPerItem
            let (rows, columns) =
                runs?[band].pixels(height: height, width: width)
                ?? (
                    first..<min(first + Self.rowsPerItem, height),
                    width * column / perLine..<width * (column + 1) / perLine
                )
            let units = groups * convolution.phases
            convolution.compute(
                call, rows: rows, columns: columns, units: units * part / parts..<units * (part + 1) / parts,
                workspace.kernels, scratch: workspace.scratch(ofWorker: worker))
        }
    }

    /// Of 64 channels and 256 columns the integers take 0.4 MB.
    private static let rowsPerItem = 16
    /// Of a part of a band.
    private static let leastColumns = 28

    /// - Parameters:
    ///   - rows: of the input without its padding, as `columns`.
    ///   - units: groups of output blocks, phase by phase.
    private func compute(
        _ call: puppet_conv2d, rows: Range<Int>, columns: Range<Int>, units: Range<Int>, _ kernels: puppet_kernels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        var part = call
        part.input = call.input.window(
            rows: rows.lowerBound..<rows.upperBound + reach.rows,
            columns: columns.lowerBound..<columns.upperBound + reach.columns)
        let scale = phases == 1 ? 1 : 2
        part.output = call.output.window(
            rows: scale * rows.lowerBound..<scale * rows.upperBound,
            columns: scale * columns.lowerBound..<scale * columns.upperBound)
        let skipped = part.output.data - call.output.data
        part.residual = call.residual.map { $0 + skipped }
        part.next.activated = call.next.activated.map { $0 + skipped }
        part.output_integers.values = call.output_integers.values.map { $0 + skipped }
        if let integers = call.integers {
            part.integers = integers + (part.input.data - call.input.data)
        } else {
            let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt8.self)
            kernels.quantise!(part.input, call.weights.per_unit!, integers)
            part.integers = UnsafePointer(integers)
            part.input.row_stride = Int(part.input.width) * ChannelLayout.block
            part.input.block_stride = Int(part.input.height) * part.input.row_stride
        }
        let groups = Int((call.output.blocks + kernels.group_blocks - 1) / kernels.group_blocks)
        for unit in units {
            let (phase, group) = unit.quotientAndRemainder(dividingBy: groups)
            var unitCall = phases == 1 ? part : part.phase(phase)
            kernels.conv2d_rows!(&unitCall, Int32(group), puppet_range(0..<rows.count))
        }
    }
}
