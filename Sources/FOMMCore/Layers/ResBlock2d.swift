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
    init(_ block: ResBlockDescription, _ reader: WeightReader, shape: TensorShape) throws(WeightError) {
        func convolution(_ weights: ConvolutionWeights, at path: String) throws(WeightError) -> Convolution3x3 {
            try Convolution3x3(
                weights, reader, at: path, from: shape.channels, to: shape.channels, size: (shape.height, shape.width))
        }
        preactivation = ScaleShift(try BatchNorm(block.norm1, reader.weights), channels: shape.channels)
        convolution1 = try convolution(
            ConvolutionWeights(block.convolution1, reader).folding(BatchNorm(block.norm2, reader.weights)),
            at: block.convolution1.path)
        convolution2 = try convolution(
            ConvolutionWeights(block.convolution2, reader), at: block.convolution2.path)
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
            inner, into: output, tiles: tiles?.output,
            epilogue: .init(residual: x, next: next), in: workspace)
    }
}
