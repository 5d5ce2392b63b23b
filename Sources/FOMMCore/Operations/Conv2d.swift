import CFOMMKernels

/// A convolution of stride 1 with its weights packed for the kernels: `[output blocks][taps][16]`, where a tap is
/// (input block, ky, kx, channel in use). PyTorch: `torch.nn.Conv2d`.
struct Conv2d: Sendable {
    let inputChannels: ChannelLayout
    let outputChannels: ChannelLayout
    let kernelHeight: Int
    let kernelWidth: Int
    private let blockChannels: [Int32]
    /// `nil` where they have become integers.
    private var weights: FloatStorage?
    private(set) var int8: Int8Weights?
    private let bias: FloatStorage
    private let taps: Int

    /// - Parameters:
    ///   - weights: `[outputs, inputs, kernelHeight, kernelWidth]`, as PyTorch stores them.
    ///   - bias: `[outputs]`.
    init(
        weights source: [Float], bias sourceBias: [Float], from inputChannels: ChannelLayout,
        to outputChannels: ChannelLayout, kernelHeight: Int, kernelWidth: Int
    ) {
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        let (inputs, outputs, area) = (inputChannels.channels, outputChannels.channels, kernelHeight * kernelWidth)
        precondition(source.count == outputs * inputs * area && sourceBias.count == outputs, "Conv2d weights")
        let (block, perBlock) = (ChannelLayout.block, inputChannels.channelsPerBlock)
        let (lanes, blocks, taps) = (outputChannels.lanes, outputChannels.blockCount, inputs * area)

        self.taps = taps
        blockChannels = perBlock
        weights = FloatStorage(count: blocks * taps * block) { packed in
            for (output, lane) in lanes.enumerated() {
                let column = packed + lane / block * taps * block + lane % block
                var (tap, firstInput) = (0, 0)
                for channels in perBlock.map(Int.init) {
                    for position in 0..<area {
                        for input in firstInput..<firstInput + channels {
                            column[tap * block] = source[(output * inputs + input) * area + position]
                            tap += 1
                        }
                    }
                    firstInput += channels
                }
            }
        }
        bias = Self.pack(bias: sourceBias, outputChannels)
    }

    /// A convolution whose products are taken at the positions of a transform: weights `[positions][output blocks][taps]
    /// [16]`, of which a tap is (input block, kx, channel in use).
    ///
    /// - Parameters:
    ///   - weights: `[outputs, inputs, rows, kernelWidth]`, where a row is what the transform combines.
    ///   - matrix: the transform, `[positions][rows]`.
    ///   - kernelHeight: of the convolution, for its shape; the kernel of a position is one row high.
    init(
        transforming source: [Float], by matrix: [[Double]], bias: [Float], from inputChannels: ChannelLayout,
        to outputChannels: ChannelLayout, kernelHeight: Int, kernelWidth: Int
    ) {
        let (inputs, outputs, rows) = (inputChannels.channels, outputChannels.channels, matrix[0].count)
        precondition(
            source.count == outputs * inputs * rows * kernelWidth && bias.count == outputs, "Conv2d weights")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        let (taps, perBlock) = (inputs * kernelWidth, inputChannels.channelsPerBlock)
        self.taps = taps
        blockChannels = perBlock
        self.bias = Self.pack(bias: bias, outputChannels)
        let (block, lanes, coefficients) = (ChannelLayout.block, outputChannels.lanes, matrix.flatMap { $0 })
        let positionStride = outputChannels.blockCount * taps * block
        weights = FloatStorage(count: matrix.count * positionStride) { packed in
            var firstInput = 0
            for channels in perBlock.map(Int.init) {
                for channel in 0..<channels {
                    for (output, lane) in lanes.enumerated() {
                        let kernel = (output * inputs + firstInput + channel) * rows * kernelWidth
                        for column in 0..<kernelWidth {
                            let tap = firstInput * kernelWidth + column * channels + channel
                            let first = packed + (lane / block * taps + tap) * block + lane % block
                            for position in 0..<matrix.count {
                                var sum = 0.0
                                for row in 0..<rows {
                                    sum +=
                                        coefficients[position * rows + row]
                                        * Double(source[kernel + row * kernelWidth + column])
                                }
                                first[position * positionStride] = Float(sum)
                            }
                        }
                    }
                }
                firstInput += channels
            }
        }
    }

    private static func pack(bias: [Float], _ channels: ChannelLayout) -> FloatStorage {
        FloatStorage(count: channels.blockCount * ChannelLayout.block) { packed in
            for (output, lane) in channels.lanes.enumerated() { packed[lane] = bias[output] }
        }
    }

    /// The same on 8-bit integers.
    ///
    /// - Parameter sources: as for ``Int8Weights``.
    func quantised(_ quantisation: Quantisation, sources: [Int] = [0], levels: Int) -> Conv2d {
        guard let weights else { preconditionFailure("quantised twice") }
        var quantised = self
        quantised.int8 = Int8Weights(
            weights.pointer, from: inputChannels, to: outputChannels, area: taps / inputChannels.channels,
            sources: sources, quantisation, levels: levels)
        quantised.weights = nil
        return quantised
    }

    /// What the epilogue of a convolution may add; see `puppet_conv2d`.
    struct Epilogue {
        var relu = false
        /// Added to the sums; shape of the output.
        var residual: TensorView?
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
        return blockChannels.withUnsafeBufferPointer { blockChannels in
            body(
                puppet_conv2d(
                    input: input.base + start, input_block_stride: input.shape.blockStride,
                    input_row_stride: input.shape.rowStride, block_channels: blockChannels.baseAddress!,
                    input_blocks: Int32(blockChannels.count), kernel_height: Int32(kernelHeight),
                    kernel_width: Int32(kernelWidth), weights: weights?.pointer, taps: taps, bias: bias.pointer,
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

/// Per-channel `x * scale + shift` in the lane order of a tensor: a batch norm that no convolution could absorb.
struct ScaleShift: Sendable {
    let scale: FloatStorage
    let shift: FloatStorage

    init(_ norm: BatchNorm, channels: ChannelLayout) {
        func spread(_ values: [Float]) -> FloatStorage {
            FloatStorage(count: channels.blockCount * ChannelLayout.block) { packed in
                for (value, lane) in zip(values, channels.lanes) { packed[lane] = value }
            }
        }
        scale = spread(norm.scale)
        shift = spread(norm.shift)
    }
}
