import CFOMMKernels

/// 7x7 convolution to three channels, then the sigmoid. PyTorch: `OcclusionAwareGenerator.final`.
///
/// A block of 16 output channels would be filled by 3. Instead each column of the kernel gets output channels of its own
/// (7 x 3 of 32, in fours, so that a sum is one load), computed by a 7x1 convolution, and the seven partial sums that
/// belong to a pixel are added up afterwards: 3.5 times less work.
struct FinalConvolution: Sendable {
    private let convolution: TallConv2d
    private let bias: FloatStorage
    private let kernelSize: Int
    private let channels: Int

    /// In the precision that the file is read for.
    init(_ description: ConvolutionDescription, _ reader: WeightReader) throws(WeightError) {
        self.init(
            try ConvolutionWeights(description, reader), from: ChannelLayout(description.inputs),
            name: description.path,
            quantisation: try reader.quantisation(
                of: description.path, positions: 1, channels: description.inputCount),
            for: reader.instructionSet)
    }

    /// - Parameters: as for ``TallConv2d``.
    init(
        _ source: ConvolutionWeights, from input: ChannelLayout, name: String? = nil,
        quantisation: Quantisation? = nil, for instructionSet: InstructionSet
    ) {
        precondition(source.outputs <= Self.channelsPerColumn, "FinalConvolution to \(source.outputs) channels")
        kernelSize = source.kernelSize
        channels = source.outputs
        bias = FloatStorage(source.bias + [Float](repeating: 0, count: Self.channelsPerColumn - source.outputs))
        let (size, outputs, inputs) = (source.kernelSize, source.outputs, source.inputs)
        let lanes = Self.channelsPerColumn
        var columns = [Float](repeating: 0, count: lanes * size * inputs * size)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for row in 0..<size {
                    for column in 0..<size {
                        columns[((column * lanes + output) * inputs + input) * size + row] =
                            source.weights[((output * inputs + input) * size + row) * size + column]
                    }
                }
            }
        }
        convolution = TallConv2d(
            weights: columns, bias: [Float](repeating: 0, count: lanes * size), from: input,
            to: ChannelLayout(lanes * size), kernelWidth: 1, name: name, quantisation: quantisation,
            for: instructionSet)
    }

    /// Of the output, of one column of the kernel; see `sum_columns_sigmoid`.
    private static let channelsPerColumn = 4

    /// Room for the partial sums of an image, `[7 * 4, H, W]`, with the columns left and right of it that stay zero.
    func partialsShape(height: Int, width: Int) -> TensorShape {
        TensorShape(convolution.outputChannels, height: height, width: width, halo: kernelSize / 2)
    }

    /// What it reads integers for, where its input may hold them instead of floats.
    var readsIntegersOf: Int8Weights? { convolution.readsIntegersOf }

    /// Whether it can compute a part of its output.
    var takesRuns: Bool { convolution.takesRuns }

    /// - Parameter runs: of the output; `nil` for all of it, the only choice where ``takesRuns`` says no. The partial sums
    ///   next to them are those of the run before.
    /// - Input: `[inputs, H, W]`, halo of at least 3. Output: planar `[3, H, W]`, 0...1.
    func callAsFunction(
        _ input: TensorView, by partials: TensorView, into output: UnsafeMutablePointer<Float>, runs: TileRuns? = nil,
        in workspace: Workspace
    ) {
        let reach = kernelSize / 2
        precondition(input.shape.halo >= reach, "FinalConvolution reads outside the halo of \(input.shape)")
        convolution(input, into: partials, padding: (reach, 0), runs: runs, in: workspace)
        workspace.timed(LayerTime("sum of columns, sigmoid", partials.shape)) {
            sum(partials, into: output, runs, in: workspace)
        }
    }

    private func sum(
        _ partials: TensorView, into output: UnsafeMutablePointer<Float>, _ runs: TileRuns?, in workspace: Workspace
    ) {
        let call = puppet_column_sum(
            partials: puppet_tensor(partials), kernel_width: Int32(kernelSize), channels: Int32(channels),
            bias: bias.pointer, output: output)
        guard let runs else {
            return workspace.spread(call, over: partials.shape.height) { kernels, call, rows in
                kernels.sum_columns_sigmoid(call, rows, puppet_range(0..<Int(call.pointee.partials.width)))
            }
        }
        workspace.forEach(runs.count, (workspace.kernels, call, runs)) { work, item, _ in
            var call = work.1
            let part = work.2[item].pixels(height: Int(call.partials.height), width: Int(call.partials.width))
            work.0.sum_columns_sigmoid(&call, puppet_range(part.rows), puppet_range(part.columns))
        }
    }
}
