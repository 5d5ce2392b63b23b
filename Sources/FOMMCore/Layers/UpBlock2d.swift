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

    /// - Parameter size: of a square output.
    init(_ block: BlockDescription, _ reader: WeightReader, size: Int) throws(WeightError) {
        let weights = try ConvolutionWeights(
            block, reader, keepingHalves: Conv2d.readsHalves(reader.instructionSet, pixels: size * size))
        let input = ChannelLayout(block.convolution.inputs)
        outputChannels = ChannelLayout(weights.outputs)
        if WinogradConv2d.pays(reader.instructionSet, inputs: input.channels, height: size, width: size) {
            convolution = .winograd(
                try WinogradConv2d(
                    weights, reader, at: block.convolution.path, from: input, to: outputChannels, image: .upsampled))
        } else if size <= (reader.isFloat16(block.convolution.weight) ? 4 : 8) {
            // In float32 the smallest images' weights take twice the memory: those of 8x8 give some of it back, for 3 % of a
            // frame.
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
