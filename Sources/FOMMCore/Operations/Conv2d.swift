import CFOMMKernels

/// A convolution of stride 1 with its weights packed for the kernels. PyTorch: `torch.nn.Conv2d`.
struct Conv2d: Sendable {
    let inputChannels: ChannelLayout
    let outputChannels: ChannelLayout
    let kernelHeight: Int
    let kernelWidth: Int
    private let blockChannels: AlignedStorage<Int32>
    private var weights: PackedWeights
    private let bias: FloatStorage
    private let taps: Int

    private init(
        _ weights: PackedWeights, taps: Int, bias: [Float], from input: ChannelLayout, to output: ChannelLayout,
        kernelHeight: Int, kernelWidth: Int
    ) {
        precondition(bias.count == output.channels, "\(bias.count) biases of \(output.channels) outputs")
        self.weights = weights
        self.taps = taps
        self.bias = PackedWeights.spread(bias, output)
        (inputChannels, outputChannels) = (input, output)
        (self.kernelHeight, self.kernelWidth) = (kernelHeight, kernelWidth)
        blockChannels = AlignedStorage(input.channelsPerBlock)
    }

    /// - Parameters:
    ///   - weights: `[outputs, inputs, kernelHeight, kernelWidth]`, as PyTorch stores them.
    ///   - bias: `[outputs]`.
    init(
        weights: [Float], bias: [Float], from input: ChannelLayout, to output: ChannelLayout, kernelHeight: Int,
        kernelWidth: Int
    ) {
        let area = kernelHeight * kernelWidth
        self.init(
            .floats(PackedWeights.direct(weights, from: input, to: output, area: area)), taps: input.channels * area,
            bias: bias, from: input, to: output, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    }

    /// The same with weights of float16 that are multiplied by `units [outputs]`.
    init(
        halves: [Float16], units: [Float], bias: [Float], from input: ChannelLayout, to output: ChannelLayout,
        kernelHeight: Int, kernelWidth: Int
    ) {
        let area = kernelHeight * kernelWidth
        self.init(
            .halves(
                PackedWeights.direct(halves, from: input, to: output, area: area),
                units: PackedWeights.spread(units, output)),
            taps: input.channels * area, bias: bias, from: input, to: output, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth)
    }

    /// Several convolutions on the same input, one after another in memory; see `puppet_weights`.
    ///
    /// - Parameter phases: as `weights` of one.
    init(
        phases: [[Float]], bias: [Float], from input: ChannelLayout, to output: ChannelLayout, kernelHeight: Int,
        kernelWidth: Int
    ) {
        let area = kernelHeight * kernelWidth
        self.init(
            .floats(PackedWeights.direct(phases, from: input, to: output, area: area)), taps: input.channels * area,
            bias: bias, from: input, to: output, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    }

    /// A convolution whose products are taken at the positions of a transform.
    ///
    /// - Parameters:
    ///   - weights: `[outputs, inputs, rows, kernelWidth]`, where a row is what the transform combines.
    ///   - matrix: the transform, `[positions][rows]`.
    ///   - kernelHeight: of the convolution, for its shape; the kernel of a position is one row high.
    init(
        transforming weights: [Float], by matrix: [[Double]], bias: [Float], from input: ChannelLayout,
        to output: ChannelLayout, kernelHeight: Int, kernelWidth: Int
    ) {
        self.init(
            .floats(
                PackedWeights.transformed(weights, by: matrix, from: input, to: output, kernelWidth: kernelWidth)),
            taps: input.channels * kernelWidth, bias: bias, from: input, to: output, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth)
    }

    /// The transform of a square kernel from that of a line: row (i, j) is the outer product of rows i and j.
    static func square(of line: [[Double]]) -> [[Double]] {
        line.flatMap { row in line.map { column in row.flatMap { a in column.map { b in a * b } } } }
    }

    /// Set by ``quantised(_:sources:format:)``.
    var int8: Int8Weights? {
        if case .integers(let weights) = weights { weights } else { nil }
    }

    /// The same on 8-bit integers.
    ///
    /// - Parameters:
    ///   - sources: as for ``Int8Weights``.
    ///   - format: of the instruction set that it is for.
    func quantised(_ quantisation: Quantisation, sources: [Int] = [0], format: Quantisation.Format) -> Conv2d {
        guard case .floats(let floats) = weights else { preconditionFailure("only float32 is quantised") }
        var quantised = self
        quantised.weights = .integers(
            Int8Weights(
                floats.pointer, from: inputChannels, to: outputChannels, area: taps / inputChannels.channels,
                sources: sources, quantisation, format: format))
        return quantised
    }

    /// What the epilogue of a convolution may add; see `puppet_conv2d`.
    struct Epilogue {
        var relu = false
        /// Added to the sums; shape of the output.
        var residual: TensorView?
        /// The pre-activation of the layer that comes next; `activated` has the shape of the output.
        var next: (activated: TensorView, norm: ScaleShift)?
    }

    /// How this convolution reads `input` and writes `output`, for the kernels; borrows the memory of all three.
    ///
    /// - Parameter padding: of the input, by its halo.
    func call(
        _ input: TensorView, padding: (rows: Int, columns: Int), into output: TensorView, epilogue: Epilogue
    ) -> puppet_conv2d {
        precondition(
            input.shape.channels == inputChannels && output.shape.channels.blockCount == outputChannels.blockCount,
            "Conv2d \(inputChannels) to \(outputChannels) given \(input.shape) into \(output.shape)")
        precondition(input.integers == nil || int8 != nil, "integers of \(input.shape) for a convolution on floats")
        return puppet_conv2d(
            input: puppet_tensor(input, padding: padding), block_channels: blockChannels.pointer,
            integers: input.integers.map { UnsafePointer($0.base - input.shape.offset(of: padding)) },
            kernel_height: Int32(kernelHeight), kernel_width: Int32(kernelWidth), weights: weights.call(taps: taps),
            bias: bias.pointer, output: puppet_tensor(output), output_pixel_stride: ChannelLayout.block,
            output_integers: puppet_integers(values: output.integers?.base, per_unit: output.integers?.perUnit),
            relu: epilogue.relu, residual: epilogue.residual.map { UnsafePointer($0.base) },
            next: puppet_preactivation(epilogue.next))
    }

    /// - Input: `[inputChannels, H, W]` with a halo of at least `padding`. Output: `[outputChannels, H', W']` where
    ///   `H' = H + 2 padding.rows - kernelHeight + 1`, `W' = W + 2 padding.columns - kernelWidth + 1`.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, padding: (rows: Int, columns: Int),
        epilogue: Epilogue = Epilogue(), in workspace: Workspace
    ) {
        precondition(
            output.shape.height == input.shape.height + 2 * padding.rows - kernelHeight + 1
                && output.shape.width == input.shape.width + 2 * padding.columns - kernelWidth + 1,
            "Conv2d \(input.shape) into \(output.shape)")
        workspace.timed(
            LayerTime(
                "\(kernelHeight)x\(kernelWidth)", "direct", input.shape, output.shape,
                products: kernelHeight * kernelWidth * output.shape.height * output.shape.width, of: self)
        ) {
            withUnsafePointer(to: call(input, padding: padding, into: output, epilogue: epilogue)) {
                workspace.run(UnsafeBufferPointer(start: $0, count: 1))
            }
        }
    }
}
