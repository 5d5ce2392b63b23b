/// A 3x3 convolution that keeps the spatial size, by the faster of the ways there are to compute it.
enum Convolution3x3: Sendable {
    case direct(Conv2d)
    case winograd(WinogradConv2d)

    /// - Parameters:
    ///   - source: as PyTorch stores it, from `path`.
    ///   - size: of the image. `nil` for a convolution that runs once per avatar and is not worth the memory of
    ///     transformed weights.
    init(
        _ source: ConvolutionWeights, _ reader: WeightReader, at path: String, from input: ChannelLayout,
        to output: ChannelLayout, size: (height: Int, width: Int)?
    ) throws(WeightError) {
        if let size,
            WinogradConv2d.pays(
                reader.instructionSet, inputs: source.inputs, height: size.height, width: size.width)
        {
            self = .winograd(try WinogradConv2d(source, reader, at: path, from: input, to: output))
        } else {
            self = .direct(Conv2d(source, from: input, to: output))
        }
    }

    /// Whether it can compute a part of its output.
    var takesTiles: Bool {
        if case .winograd = self { true } else { false }
    }

    /// - Parameter tiles: of the output; `nil` for all of it, the only choice where ``takesTiles`` says no.
    /// - Input: `[inputs, H, W]`, halo of at least 1. Output: `[outputs, H, W]`.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, tiles: TileList? = nil, epilogue: Conv2d.Epilogue,
        in workspace: Workspace
    ) {
        switch self {
        case .direct(let convolution):
            precondition(tiles == nil, "the direct convolution computes all of \(output.shape)")
            convolution(input, into: output, padding: (1, 1), epilogue: epilogue, in: workspace)
        case .winograd(let convolution):
            convolution(input, into: output, tiles: tiles, epilogue: epilogue, in: workspace)
        }
    }
}
