/// Nearest upsampling by 2, 3x3 convolution, folded batch norm, ReLU. PyTorch: `UpBlock2d`.
/// - Input: `[inputs, H, W]`. Output: `[outputs, 2 H, 2 W]`, >= 0.
struct UpBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Convolution
    /// What a ``RangeRecorder`` calls the ranges of the input; `nil` where nobody wants to know them, or what
    /// computes the convolution has its own name for them.
    private let inputRanges: String?

    private enum Convolution: Sendable {
        /// Where images are so small that reading the weights is what takes time: of the upsampled image, with the fewest.
        case enlarged(Convolution3x3)
        case phases(UpsamplingConv2d)
        case winograd(WinogradConv2d)
    }

    /// - Parameters:
    ///   - size: of a square output.
    ///   - transformsIntegers: whether Winograd's transform may be computed on 8-bit integers; otherwise the phases are, which
    ///     round less.
    init(
        _ block: BlockDescription, _ reader: WeightReader, size: Int, transformsIntegers: Bool = true
    ) throws(WeightError) {
        let weights = try ConvolutionWeights(
            block, reader, keepingHalves: Conv2d.readsHalves(reader.instructionSet, pixels: size * size))
        let (input, path) = (ChannelLayout(block.convolution.inputs), block.convolution.path)
        outputChannels = ChannelLayout(weights.outputs)
        let transforms = WinogradConv2d.pays(
            reader.instructionSet, inputs: input.channels, height: size, width: size)
        if transforms, transformsIntegers {
            inputRanges = nil
            convolution = .winograd(
                try WinogradConv2d(weights, reader, at: path, from: input, to: outputChannels, image: .upsampled))
            return
        }
        let quantisation = try reader.knownQuantisation(of: path, channels: input.channels)
        if transforms, quantisation == nil {
            convolution = .winograd(WinogradConv2d(weights, from: input, to: outputChannels, image: .upsampled))
            inputRanges = reader.rangesName(of: path)
        } else if size <= (quantisation != nil || !reader.isFloat16(block.convolution.weight) ? 8 : 4) {
            // The smallest images' weights take twice the memory where they are float32: those of 8x8 give some of it back, for
            // 3 % of a frame. On integers the fewest are the fastest.
            convolution = .enlarged(
                try Convolution3x3(
                    weights, reader, at: path, from: input, to: outputChannels, size: (size, size)))
            inputRanges = nil
        } else {
            inputRanges = reader.rangesName(of: path)
            convolution = .phases(
                UpsamplingConv2d(
                    weights, from: input, to: outputChannels, quantisation,
                    format: reader.instructionSet.unsignedInt8Format))
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
        workspace.recordRanges(of: input, as: inputRanges)
        switch convolution {
        case .enlarged(let convolution):
            precondition(tiles == nil, "the convolution of a small image computes all of \(output.shape)")
            convolution(
                enlarge(input, in: workspace), into: output, epilogue: .init(relu: true), in: workspace)
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
