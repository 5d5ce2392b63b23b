import CFOMMKernels

/// ``SameBlock2d`` with a 3x3 kernel, then the mean of 2x2 pixels. PyTorch: `DownBlock2d`.
/// - Input: `[inputs, H, W]`, H and W even. Output: `[outputs, H/2, W/2]`, >= 0.
struct DownBlock2d: Sendable {
    let outputChannels: ChannelLayout
    private let convolution: Convolution3x3

    /// - Parameter size: of a square input; `nil` for a block that runs once per avatar.
    init(_ block: BlockDescription, _ reader: WeightReader, size: Int?) throws(WeightError) {
        let keepsHalves = size.map { Conv2d.readsHalves(reader.instructionSet, pixels: $0 * $0) } ?? false
        outputChannels = ChannelLayout(block.convolution.outputs)
        convolution = try Convolution3x3(
            ConvolutionWeights(block, reader, keepingHalves: keepsHalves), reader, at: block.convolution.path,
            from: ChannelLayout(block.convolution.inputs), to: outputChannels, size: size.map { ($0, $0) },
            transformsIntegers: false)
    }

    /// Whether it needs room for the convolution before pooling.
    var poolsAfterwards: Bool {
        !convolution.takesTiles
    }

    /// - Parameter full: room for the convolution before pooling, `[outputs, H, W]`, where it is needed.
    func callAsFunction(
        _ input: TensorView, by full: TensorView?, into output: TensorView, in workspace: Workspace
    ) {
        guard poolsAfterwards else {
            return convolution(input, into: output, pooled: true, epilogue: .init(relu: true), in: workspace)
        }
        guard let full else { preconditionFailure("DownBlock2d without room for its convolution") }
        convolution(input, into: full, epilogue: .init(relu: true), in: workspace)
        workspace.timed(LayerTime("mean of 2x2", output.shape)) { pool(full, into: output, in: workspace) }
    }

    private func pool(_ full: TensorView, into output: TensorView, in workspace: Workspace) {
        let (from, to) = (full.shape, output.shape)
        precondition(from.height == 2 * to.height && from.width == 2 * to.width, "DownBlock2d \(from) into \(to)")
        let call = puppet_average_pool(input: puppet_tensor(full), output: puppet_tensor(output))
        workspace.spread(call, over: to.height) { $0.average_pool_rows($1, $2) }
    }
}
