import CFOMMKernels

/// Convolution, folded batch norm, ReLU; keeps the spatial size. PyTorch: `SameBlock2d`, `modules/util.py`.
/// - Input: `[inputs, H, W]`, halo of at least `kernelSize / 2`. Output: `[outputs, H, W]`, >= 0.
struct SameBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Conv2d
    private let padding: Int

    init(_ reader: WeightReader, at path: String, from input: ChannelLayout, kernelSize: Int) throws(WeightError) {
        let weights = try ConvolutionWeights(reader, at: path + ".conv", inputs: input.channels, kernelSize: kernelSize)
            .folding(reader, at: path + ".norm")
        outputChannels = ChannelLayout(weights.outputs)
        convolution = Conv2d(weights, from: input, to: outputChannels)
        padding = kernelSize / 2
    }

    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        convolution(input, into: output, padding: (padding, padding), epilogue: .init(relu: true), in: workspace)
    }
}

/// ``SameBlock2d`` with a 3x3 kernel, then the mean of 2x2 pixels. PyTorch: `DownBlock2d`.
/// - Input: `[inputs, H, W]`, H and W even. Output: `[outputs, H/2, W/2]`, >= 0.
struct DownBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Convolution3x3

    /// - Parameter size: of a square input; `nil` for a block that runs once per avatar.
    init(_ reader: WeightReader, at path: String, from input: ChannelLayout, size: Int?) throws(WeightError) {
        let keepsHalves = size.map { Conv2d.readsHalves(reader.instructionSet, pixels: $0 * $0) } ?? false
        let weights = try ConvolutionWeights(
            reader, at: path + ".conv", inputs: input.channels, kernelSize: 3, keepingHalves: keepsHalves
        ).folding(reader, at: path + ".norm")
        outputChannels = ChannelLayout(weights.outputs)
        convolution = try Convolution3x3(
            weights, reader, at: path + ".conv", from: input, to: outputChannels, size: size.map { ($0, $0) })
    }

    /// Whether it needs room for the convolution before pooling.
    var poolsAfterwards: Bool {
        if case .direct = convolution { true } else { false }
    }

    /// - Parameter full: room for the convolution before pooling, `[outputs, H, W]`, where it is needed.
    func callAsFunction(
        _ input: TensorView, by full: TensorView?, into output: TensorView, in workspace: Workspace
    ) {
        switch convolution {
        case .winograd(let convolution):
            convolution(input, into: output, pooled: true, epilogue: .init(relu: true), in: workspace)
        case .direct(let convolution):
            guard let full else { preconditionFailure("DownBlock2d without room for its convolution") }
            convolution(input, into: full, padding: (1, 1), epilogue: .init(relu: true), in: workspace)
            workspace.timed(LayerWork("mean of 2x2", output.shape)) { pool(full, into: output, in: workspace) }
        }
    }

    private func pool(_ full: TensorView, into output: TensorView, in workspace: Workspace) {
        let (from, to) = (full.shape, output.shape)
        precondition(from.height == 2 * to.height && from.width == 2 * to.width, "DownBlock2d \(from) into \(to)")
        let call = puppet_average_pool(input: puppet_tensor(full), output: puppet_tensor(output))
        workspace.spread(call, over: to.height) { $0.average_pool_rows($1, $2) }
    }
}

/// Nearest upsampling by 2, 3x3 convolution, folded batch norm, ReLU. PyTorch: `UpBlock2d`.
/// - Input: `[inputs, H, W]`. Output: `[outputs, 2 H, 2 W]`, >= 0.
struct UpBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Convolution

    private enum Convolution: Sendable {
        /// Where images are so small that reading the weights is what takes time: of the upsampled image, with the fewest.
        case enlarged(Conv2d)
        case phases(UpsamplingConv2d)
        case winograd(WinogradConv2d)
    }

    /// Rows of the output up to which that is so. In float32 the smallest images' weights take twice the memory: those of
    /// 8x8 give some of it back, for 3 % of a frame.
    private static func enlargedSize(_ reader: WeightReader, at path: String) -> Int {
        reader.isFloat16(path + ".conv.weight") ? 4 : 8
    }

    /// - Parameter size: of a square output.
    init(_ reader: WeightReader, at path: String, from input: ChannelLayout, size: Int) throws(WeightError) {
        let weights = try ConvolutionWeights(
            reader, at: path + ".conv", inputs: input.channels, kernelSize: 3,
            keepingHalves: Conv2d.readsHalves(reader.instructionSet, pixels: size * size)
        ).folding(reader, at: path + ".norm")
        outputChannels = ChannelLayout(weights.outputs)
        if WinogradConv2d.pays(reader.instructionSet, inputs: input.channels, height: size, width: size) {
            convolution = .winograd(
                try WinogradConv2d(
                    weights, reader, at: path + ".conv", from: input, to: outputChannels, image: .upsampled))
        } else if size <= Self.enlargedSize(reader, at: path) {
            convolution = .enlarged(Conv2d(weights, from: input, to: outputChannels))
        } else {
            convolution = .phases(UpsamplingConv2d(weights, from: input, to: outputChannels))
        }
    }

    /// Whether it can compute a part of its output.
    var takesTiles: Bool {
        if case .winograd = convolution { true } else { false }
    }

    /// - Parameter tiles: of the output; `nil` for all of it, the only choice where ``takesTiles`` says no.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, tiles: TileList? = nil, in workspace: Workspace
    ) {
        switch convolution {
        case .enlarged(let convolution):
            precondition(tiles == nil, "the convolution of a small image computes all of \(output.shape)")
            convolution(
                enlarge(input, in: workspace), into: output, padding: (1, 1), epilogue: .init(relu: true),
                in: workspace)
        case .phases(let convolution):
            precondition(tiles == nil, "the upsampling convolution by phases computes all of \(output.shape)")
            convolution(input, into: output, in: workspace)
        case .winograd(let convolution):
            convolution(input, into: output, tiles: tiles, epilogue: .init(relu: true), in: workspace)
        }
    }
}

extension UpBlock2d {
    /// Every pixel as 2x2 pixels, in the workspace's shared memory.
    private func enlarge(_ input: TensorView, in workspace: Workspace) -> TensorView {
        let (small, block) = (input.shape, ChannelLayout.block)
        let shape = TensorShape(small.channels, height: 2 * small.height, width: 2 * small.width)
        let memory = workspace.shared(floats: shape.elementCount)
        memory.update(repeating: 0, count: shape.elementCount)
        let large = TensorView(shape: shape, base: memory + shape.origin)
        for index in 0..<small.channels.blockCount {
            for row in 0..<shape.height {
                let from = input.base + index * small.blockStride + row / 2 * small.rowStride
                let to = large.base + index * shape.blockStride + row * shape.rowStride
                for column in 0..<shape.width {
                    (to + column * block).update(from: from + column / 2 * block, count: block)
                }
            }
        }
        return large
    }
}

/// `x + conv2(relu(norm2(conv1(relu(norm1(x))))))`. PyTorch: `ResBlock2d`.
///
/// norm2 is folded into conv1. norm1 has no convolution before it: whoever produces `x` also produces `relu(norm1(x))`, in
/// the same pass over memory, and this block does so for the block after it.
struct ResBlock2d: Sendable {
    /// norm1, for whoever produces this block's input.
    let preactivation: ScaleShift
    private let convolution1: Convolution3x3
    private let convolution2: Convolution3x3

    /// - Parameter shape: of the input and the output.
    init(_ reader: WeightReader, at path: String, shape: TensorShape) throws(WeightError) {
        let channels = shape.channels
        let count = channels.channels
        let first = try ConvolutionWeights(reader, at: path + ".conv1", inputs: count, kernelSize: 3)
        let second = try ConvolutionWeights(reader, at: path + ".conv2", inputs: first.outputs, kernelSize: 3)
        guard first.outputs == count, second.outputs == count else {
            throw WeightError(
                .wrongShape, file: reader.file, tensor: path + ".conv1.weight",
                "\(first.outputs) and \(second.outputs) output channels, expected \(count): a residual block keeps them"
            )
        }
        preactivation = ScaleShift(try BatchNorm(reader, at: path + ".norm1", channels: count), channels: channels)
        let folded = try first.folding(reader, at: path + ".norm2")
        convolution1 = try make(folded, at: path + ".conv1")
        convolution2 = try make(second, at: path + ".conv2")

        func make(_ source: ConvolutionWeights, at path: String) throws(WeightError) -> Convolution3x3 {
            try Convolution3x3(
                source, reader, at: path, from: channels, to: channels, size: (shape.height, shape.width))
        }
    }

    /// Whether it can compute a part of its output.
    var takesTiles: Bool { convolution1.takesTiles && convolution2.takesTiles }

    /// - Parameters:
    ///   - x: the input.
    ///   - activated: `relu(norm1(x))`.
    ///   - inner: room for what is between the convolutions.
    ///   - output: may be `x`.
    ///   - next: receives `relu(norm(output))` with the norm of the block that comes next, where there is one; may be
    ///     `activated`.
    ///   - tiles: of `inner`, and of `output` and `next`; `nil` for all of them, the only choice where ``takesTiles`` says
    ///     no.
    func callAsFunction(
        _ x: TensorView, activated: TensorView, inner: TensorView, into output: TensorView,
        next: (activated: TensorView, norm: ScaleShift)?, tiles: (inner: TileList, output: TileList)? = nil,
        in workspace: Workspace
    ) {
        convolution1(activated, into: inner, tiles: tiles?.inner, epilogue: .init(relu: true), in: workspace)
        convolution2(
            inner, into: output, tiles: tiles?.output, epilogue: .init(residual: x, next: next), in: workspace)
    }
}

extension ConvolutionWeights {
    fileprivate consuming func folding(_ reader: WeightReader, at path: String) throws(WeightError)
        -> ConvolutionWeights
    {
        folding(try BatchNorm(reader, at: path, channels: outputs))
    }
}

extension Conv2d {
    /// A square convolution from the weights of the file.
    init(_ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout) {
        if let halves = source.halves {
            self.init(
                halves: halves.weights, units: halves.units, bias: source.bias, from: input, to: output,
                kernelHeight: source.kernelSize, kernelWidth: source.kernelSize)
        } else {
            self.init(
                weights: source.weights, bias: source.bias, from: input, to: output, kernelHeight: source.kernelSize,
                kernelWidth: source.kernelSize)
        }
    }

    /// Whether a convolution with so many pixels of output is better off with float16 weights, if they are that in the
    /// file: where pixels are few, reading the weights is what takes time and memory; where they are many, expanding them
    /// would be.
    static func readsHalves(_ instructionSet: InstructionSet, pixels: Int) -> Bool {
        pixels <= 4 * 4 && instructionSet.kernels.conv2d_rows != nil
    }
}
