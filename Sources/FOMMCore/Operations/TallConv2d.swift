import CFOMMKernels

/// A convolution whose kernel has 7 rows, by F(4, 7) where the instruction set has it: 10 products where ``Conv2d`` has 28.
/// See Sources/CFOMMKernels/template/tall_conv2d.h. On 8-bit integers it is direct: F(4, 7) would need more bits, and 28
/// products of bytes take no longer than 7 of floats.
struct TallConv2d: Sendable {
    private enum Method: Sendable {
        case direct(Conv2d)
        case transformed(Conv2d)
        case int8(Int8Conv2d)
    }

    private let method: Method
    private let name: String?
    private let kernelWidth: Int
    let outputChannels: ChannelLayout

    /// - Parameters: as for ``Conv2d``, with 7 rows.
    ///   - name: what a ``RangeRecorder`` calls the ranges of its input; `nil` where nobody wants to know them.
    ///   - quantisation: computes on 8-bit integers.
    init(
        weights: [Float], bias: [Float], from input: ChannelLayout, to output: ChannelLayout, kernelWidth: Int,
        name: String? = nil, quantisation: Quantisation? = nil, for instructionSet: InstructionSet
    ) {
        self.kernelWidth = kernelWidth
        self.name = name
        outputChannels = output
        func direct() -> Conv2d {
            Conv2d(
                weights: weights, bias: bias, from: input, to: output, kernelHeight: Self.rows,
                kernelWidth: kernelWidth)
        }
        if let quantisation {
            method = .int8(Int8Conv2d(direct(), quantisation, format: instructionSet.unsignedInt8Format))
        } else if instructionSet.kernels.tall_conv2d_rows == nil {
            method = .direct(direct())
        } else {
            method = .transformed(
                Conv2d(
                    transforming: weights, by: Self.kernelTransform, bias: bias, from: input, to: output,
                    kernelHeight: Self.rows, kernelWidth: kernelWidth))
        }
    }

    private static let rows = 7

    /// G: what a column of seven weights becomes, `[10][7]`. The points are those of tall_conv2d.h, in its order: 0, pairs,
    /// infinity.
    static let kernelTransform: [[Double]] = {
        let halves: [Double] = [3.0 / 4, 4.0 / 3, 3.0 / 8, 8.0 / 3]
        let points: [Double] = [0] + halves.flatMap { [$0, -$0] }
        let finite = points.map { point -> [Double] in
            var scale = 1.0
            for other in points where other != point { scale *= point - other }
            var row = [1 / scale]
            while row.count < rows { row.append(row[row.count - 1] * point) }
            return row
        }
        return finite + [(0..<rows).map { $0 == rows - 1 ? 1.0 : 0.0 }]
    }()

    /// What it reads integers for, where its input may hold them instead of floats.
    var readsIntegersOf: Int8Weights? {
        guard case .int8(let convolution) = method, convolution.weights.knowsRanges else { return nil }
        return convolution.weights
    }

    /// Whether it can compute a part of its output.
    var takesRuns: Bool {
        if case .direct = method { false } else { true }
    }

    /// - Parameter runs: of the output; `nil` for all of it, the only choice where ``takesRuns`` says no.
    /// - Input: `[inputChannels, H, W]` with a halo of at least the padding. Output: `[outputChannels, H', W']` where
    ///   `H' = H + 2 padding.rows - 6`, `W' = W + 2 padding.columns - kernelWidth + 1`.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, padding: (rows: Int, columns: Int), runs: TileRuns? = nil,
        in workspace: Workspace
    ) {
        let shape = output.shape
        precondition(
            shape.height == input.shape.height + 2 * padding.rows - Self.rows + 1
                && shape.width == input.shape.width + 2 * padding.columns - kernelWidth + 1,
            "TallConv2d \(input.shape) into \(shape)")
        workspace.recordRanges(of: input, as: name)
        switch method {
        case .int8(let convolution):
            convolution(input, into: output, padding: padding, runs: runs, in: workspace)
        case .direct(let convolution):
            precondition(runs == nil, "TallConv2d by a matrix product computes all of \(shape)")
            convolution(input, into: output, padding: padding, in: workspace)
        case .transformed(let convolution):
            workspace.timed(
                LayerTime(
                    "7x\(kernelWidth)", "F(4, 7)", input.shape, shape,
                    products: Self.rows * kernelWidth * shape.height * shape.width, of: convolution, computed: 10.0 / 28
                )
            ) {
                let call = convolution.call(input, padding: padding, into: output, epilogue: .init())
                withUnsafePointer(to: call) { call in
                    if let runs {
                        Self.run(call, runs, in: workspace)
                    } else {
                        Self.run(call, in: workspace)
                    }
                }
            }
        }
    }

    /// An item of work is four output rows, or a part of them where they are long.
    private static func run(_ call: UnsafePointer<puppet_conv2d>, in workspace: Workspace) {
        let width = Int(call.pointee.output.width)
        let parts = (width + columnsPerItem - 1) / columnsPerItem
        let perItem = (width + parts - 1) / parts
        reserveScratch(call, width: perItem, in: workspace)
        let items = (Int(call.pointee.output.height) + 3) / 4 * parts
        workspace.forEach(items, (workspace, call, parts, perItem)) { work, item, worker in
            let (workspace, call, parts, perItem) = work
            let (band, part) = item.quotientAndRemainder(dividingBy: parts)
            let columns = part * perItem..<min((part + 1) * perItem, Int(call.pointee.output.width))
            workspace.kernels.tall_conv2d_rows!(
                call, Int32(4 * band), puppet_range(columns), workspace.scratch(ofWorker: worker))
        }
    }

    /// An item of work is a run of tiles, in parts where it is long.
    private static func run(_ call: UnsafePointer<puppet_conv2d>, _ runs: TileRuns, in workspace: Workspace) {
        reserveScratch(call, width: columnsPerItem, in: workspace)
        workspace.forEach(runs.count, (workspace, call, runs)) { work, item, worker in
            let (workspace, call, runs) = work
            let (rows, columns) = runs[item].pixels(
                height: Int(call.pointee.output.height), width: Int(call.pointee.output.width))
            for first in stride(from: columns.lowerBound, to: columns.upperBound, by: columnsPerItem) {
                workspace.kernels.tall_conv2d_rows!(
                    call, Int32(rows.lowerBound), puppet_range(first..<min(first + columnsPerItem, columns.upperBound)),
                    workspace.scratch(ofWorker: worker))
            }
        }
    }

    private static func reserveScratch(_ call: UnsafePointer<puppet_conv2d>, width: Int, in workspace: Workspace) {
        let columns = width + Int(call.pointee.kernel_width) - 1
        let (inputBlocks, groupBlocks) = (Int(call.pointee.input.blocks), Int(workspace.kernels.group_blocks))
        workspace.reserveScratch(
            floatsPerWorker: 10 * ((inputBlocks * columns | 1) + (groupBlocks * width | 1)) * ChannelLayout.block)
    }

    /// Five tiles of AVX-512's convolution. With 64 channels the transformed input takes 0.2 MB.
    private static let columnsPerItem = 70
}
