/// Convolution, folded batch norm, ReLU; keeps the spatial size. PyTorch: `SameBlock2d`, `modules/util.py`.
/// - Input: `[inputs, H, W]`, halo of at least `kernelSize / 2`. Output: `[outputs, H, W]`, >= 0.
struct SameBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Conv2d
    private let padding: Int

    init(_ block: BlockDescription, _ reader: WeightReader) throws(WeightError) {
        let weights = try ConvolutionWeights(block, reader)
        outputChannels = ChannelLayout(weights.outputs)
        convolution = Conv2d(weights, from: ChannelLayout(block.convolution.inputs), to: outputChannels)
        padding = weights.kernelSize / 2
    }

    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        convolution(input, into: output, padding: (padding, padding), epilogue: .init(relu: true), in: workspace)
    }
}
