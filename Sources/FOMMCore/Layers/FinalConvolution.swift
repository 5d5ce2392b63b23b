/// 7x7 convolution to three channels, then the sigmoid. PyTorch: `OcclusionAwareGenerator.final`.
///
/// A block of 16 output channels would be filled by 3. Instead each column of the kernel gets output channels of its own
/// (7 x 3 = 21 of 32), computed by a 7x1 convolution, and the seven partial sums that belong to a pixel are added up
/// afterwards: 3.5 times less work.
struct FinalConvolution: Sendable {
    private let convolution: Conv2d
    private let bias: [Float]
    private let kernelSize: Int
    private let channels: Int

    init(_ source: ConvolutionWeights, from input: ChannelLayout) {
        kernelSize = source.kernelSize
        channels = source.outputs
        bias = source.bias
        let (size, outputs, inputs) = (source.kernelSize, source.outputs, source.inputs)
        var columns = [Float](repeating: 0, count: source.weights.count)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for row in 0..<size {
                    for column in 0..<size {
                        columns[((column * outputs + output) * inputs + input) * size + row] =
                            source.weights[((output * inputs + input) * size + row) * size + column]
                    }
                }
            }
        }
        convolution = Conv2d(
            weights: columns, bias: [Float](repeating: 0, count: size * outputs), from: input,
            to: ChannelLayout(size * outputs), kernelHeight: size, kernelWidth: 1)
    }

    /// Room for the partial sums of an image, `[7 * 3, H, W]`, with the columns left and right of it that stay zero.
    func partialsShape(height: Int, width: Int) -> TensorShape {
        TensorShape(convolution.outputChannels, height: height, width: width, halo: kernelSize / 2)
    }

    /// - Input: `[inputs, H, W]`, halo of at least 3. Output: planar `[3, H, W]`, 0...1.
    func callAsFunction(
        _ input: TensorView, by partials: TensorView, into output: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        let reach = kernelSize / 2
        precondition(input.shape.halo >= reach, "FinalConvolution reads outside the halo of \(input.shape)")
        convolution.withCall(
            input, firstTap: (-reach, 0), into: partials, epilogue: .init()
        ) { call in
            withUnsafePointer(to: call) { workspace.run(.init(start: $0, count: 1)) }
        }
        workspace.forEachBand(ofRows: partials.shape.height, (self, workspace.kernels, partials, output)) {
            work, rows, _ in
            let (layer, kernels, partials, output) = work
            let shape = partials.shape
            for row in rows {
                kernels.sum_columns_sigmoid(
                    partials.base + row * shape.rowStride - layer.kernelSize / 2 * ChannelLayout.block,
                    shape.blockStride, Int32(layer.kernelSize), Int32(layer.channels), layer.bias, Int32(shape.width),
                    output + row * shape.width, shape.height * shape.width)
            }
        }
    }
}
