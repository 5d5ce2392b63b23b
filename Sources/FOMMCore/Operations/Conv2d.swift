import CFOMMKernels

/// A convolution of stride 1 with its weights packed for the kernels. PyTorch: `torch.nn.Conv2d`.
struct Conv2d: Sendable {
    let inputChannels: ChannelLayout
    let outputChannels: ChannelLayout
    let kernelHeight: Int
    let kernelWidth: Int
    private let blockChannels: [Int32]
    private let weights: PackedWeights
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
        blockChannels = input.channelsPerBlock
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

    /// This convolution with other weights.
    private init(_ other: Conv2d, _ weights: PackedWeights) {
        self.weights = weights
        (taps, bias, blockChannels) = (other.taps, other.bias, other.blockChannels)
        (inputChannels, outputChannels) = (other.inputChannels, other.outputChannels)
        (kernelHeight, kernelWidth) = (other.kernelHeight, other.kernelWidth)
    }

    /// Set by ``quantised(_:sources:levels:)``.
    package var int8: Int8Weights? {
        if case .integers(let weights) = weights { weights } else { nil }
    }

    /// The same on 8-bit integers.
    ///
    /// - Parameter sources: as for ``Int8Weights``.
    func quantised(_ quantisation: Quantisation, sources: [Int] = [0], levels: Int) -> Conv2d {
        guard case .floats(let floats) = weights else { preconditionFailure("only float32 is quantised") }
        return Conv2d(
            self,
            .integers(
                Int8Weights(
                    floats.pointer, from: inputChannels, to: outputChannels, area: taps / inputChannels.channels,
                    sources: sources, quantisation, levels: levels)))
    }

    /// What the epilogue of a convolution may add; see `puppet_conv2d`.
    struct Epilogue {
        var relu = false
        /// Added to the sums; shape of the output.
        package var residual: TensorView?
        /// Receives `max(output * scale + shift, 0)`; shape of the output.
        var activated: (into: TensorView, by: ScaleShift)?
    }

    /// How this convolution reads `input` and writes `output`, for the kernels.
    ///
    /// - Parameters:
    ///   - firstTap: row and column of the first tap of output pixel (0, 0), in pixels of the input; not below `-halo`.
    ///   - pixelStep: 2 writes only every second pixel of every second row, from `firstPixel` on.
    func withCall<Result>(
        _ input: TensorView, firstTap: (row: Int, column: Int), into output: TensorView,
        firstPixel: (row: Int, column: Int) = (0, 0), pixelStep: Int = 1, epilogue: Epilogue,
        _ body: (puppet_conv2d) -> Result
    ) -> Result {
        precondition(
            input.shape.channels == inputChannels && output.shape.channels.blockCount == outputChannels.blockCount,
            "Conv2d \(inputChannels) to \(outputChannels) given \(input.shape) into \(output.shape)")
        precondition(min(firstTap.row, firstTap.column) >= -input.shape.halo, "Conv2d reads outside the halo")
        let start = firstTap.row * input.shape.rowStride + firstTap.column * ChannelLayout.block
        let target = firstPixel.row * output.shape.rowStride + firstPixel.column * ChannelLayout.block
        var (floats, halves, units): (UnsafePointer<Float>?, UnsafePointer<Float16>?, UnsafePointer<Float>?)
        switch weights {
        case .floats(let storage): floats = storage.pointer
        case .halves(let storage, let storedUnits): (halves, units) = (storage.pointer, storedUnits.pointer)
        case .integers: break
        }
        return blockChannels.withUnsafeBufferPointer { blockChannels in
            body(
                puppet_conv2d(
                    input: input.base + start, input_block_stride: input.shape.blockStride,
                    input_row_stride: input.shape.rowStride, block_channels: blockChannels.baseAddress!,
                    input_blocks: Int32(blockChannels.count), kernel_height: Int32(kernelHeight),
                    kernel_width: Int32(kernelWidth), weights: floats,
                    half_weights: UnsafeRawPointer(halves), unit: units, taps: taps, bias: bias.pointer,
                    output: output.base + target, output_block_stride: output.shape.blockStride,
                    output_row_stride: output.shape.rowStride * pixelStep,
                    output_pixel_stride: ChannelLayout.block * pixelStep,
                    output_blocks: Int32(outputChannels.blockCount), height: Int32(output.shape.height / pixelStep),
                    width: Int32(output.shape.width / pixelStep), relu: epilogue.relu,
                    residual: epilogue.residual.map { UnsafePointer($0.base) },
                    activated: epilogue.activated?.into.base,
                    scale: epilogue.activated?.by.scale.pointer, shift: epilogue.activated?.by.shift.pointer, int8: nil)
            )
        }
    }

    /// - Input: `[inputChannels, H, W]` with a halo of at least `padding`. Output: `[outputChannels, H', W']` where
    ///   `H' = H + 2 padding - kernelHeight + 1`.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, padding: Int, epilogue: Epilogue = Epilogue(),
        in workspace: Workspace
    ) {
        precondition(
            output.shape.height == input.shape.height + 2 * padding - kernelHeight + 1
                && output.shape.width == input.shape.width + 2 * padding - kernelWidth + 1,
            "Conv2d \(input.shape) into \(output.shape)")
        run(input, firstTap: (-padding, -padding), into: output, epilogue: epilogue, in: workspace)
    }

    /// The same with the first tap of output pixel (0, 0) anywhere in the halo.
    func run(
        _ input: TensorView, firstTap: (row: Int, column: Int), into output: TensorView, epilogue: Epilogue,
        in workspace: Workspace
    ) {
        workspace.timed(
            LayerWork(
                "\(kernelHeight)x\(kernelWidth)", "direct", input.shape, output.shape,
                products: kernelHeight * kernelWidth * output.shape.height * output.shape.width, of: self)
        ) {
            withCall(input, firstTap: firstTap, into: output, epilogue: epilogue) { call in
                withUnsafePointer(to: call) { workspace.run(UnsafeBufferPointer(start: $0, count: 1)) }
            }
        }
    }
}
