/// A 3x3 convolution that keeps the spatial size, by the faster of the ways there are to compute it.
struct Convolution3x3: Sendable {
    private enum Method: Sendable {
        case direct(Conv2d)
        case int8(Int8Conv2d)
        case winograd(WinogradConv2d)
    }

    private let method: Method
    /// What a ``RangeRecorder`` calls the ranges of the input; `nil` where nobody wants to know them, or the transform's.
    private let inputRanges: String?

    /// - Parameters:
    ///   - source: as PyTorch stores it, from `path`.
    ///   - size: of the image. `nil` for a convolution that runs once per avatar and is not worth the memory of
    ///     transformed weights, nor the noise of integers.
    ///   - transformsIntegers: whether Winograd's transform may be computed on 8-bit integers.
    init(
        _ source: ConvolutionWeights, _ reader: WeightReader, at path: String, from input: ChannelLayout,
        to output: ChannelLayout, size: (height: Int, width: Int)?, transformsIntegers: Bool = true
    ) throws(WeightError) {
        let transforms =
            size.map {
                WinogradConv2d.pays(reader.instructionSet, inputs: source.inputs, height: $0.height, width: $0.width)
            } ?? false
        if transforms {
            inputRanges = nil
            method = .winograd(
                try WinogradConv2d(
                    source, transformsIntegers ? reader : reader.using(.none), at: path, from: input, to: output))
            return
        }
        let reader = size == nil ? reader.using(.none) : reader
        inputRanges = reader.rangesName(of: path)
        if let quantisation = try reader.knownQuantisation(of: path, channels: source.inputs) {
            var floats = source
            floats.halves = nil
            method = .int8(
                Int8Conv2d(
                    Conv2d(floats, from: input, to: output), quantisation,
                    format: reader.instructionSet.unsignedInt8Format))
        } else {
            method = .direct(Conv2d(source, from: input, to: output))
        }
    }

    /// Whether it can compute a part of its output, and the mean of 2x2 pixels of it.
    var takesTiles: Bool {
        if case .winograd = method { true } else { false }
    }

    /// - Parameters:
    ///   - pooled: store the mean of 2x2 pixels, where ``takesTiles`` says yes; see ``WinogradConv2d``.
    ///   - tiles: of the output; `nil` for all of it, the only choice where ``takesTiles`` says no.
    /// - Input: `[inputs, H, W]`, halo of at least 1. Output: `[outputs, H, W]`, or `[outputs, H/2, W/2]` of a pooled one.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, pooled: Bool = false, tiles: TileList? = nil,
        epilogue: Conv2d.Epilogue, in workspace: Workspace
    ) {
        precondition(takesTiles || (tiles == nil && !pooled), "the direct convolution computes all of \(output.shape)")
        workspace.recordRanges(of: input, as: inputRanges)
        switch method {
        case .direct(let convolution):
            convolution(input, into: output, padding: (1, 1), epilogue: epilogue, in: workspace)
        case .int8(let convolution):
            convolution(input, into: output, padding: (1, 1), epilogue: epilogue, in: workspace)
        case .winograd(let convolution):
            convolution(input, into: output, pooled: pooled, tiles: tiles, epilogue: epilogue, in: workspace)
        }
    }
}
