import CFOMMKernels

/// Nearest-neighbour upsampling by 2 followed by a 3x3 convolution, computed on the small image.
///
/// Every output pixel of one phase (row parity, column parity) sees 2x2 pixels of the small image: where two taps of the
/// 3x3 kernel fall on the same pixel their weights are added beforehand. 4 x 4 products instead of 4 x 9, and the
/// upsampled image never exists.
struct UpsamplingConv2d: Sendable {
    private enum Method: Sendable {
        case float32(Conv2d)
        case int8(Int8Conv2d)
    }

    private let method: Method

    static let phaseCount = 4

    /// - Parameters:
    ///   - source: a 3x3 convolution, as PyTorch stores it.
    ///   - quantisation: computes on 8-bit integers.
    ///   - format: ``InstructionSet/unsignedInt8Format`` of what it runs with.
    init(
        _ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout,
        _ quantisation: Quantisation? = nil, format: Quantisation.Format = .none
    ) {
        precondition(source.kernelSize == 3, "UpsamplingConv2d of a \(source.kernelSize)-wide kernel")
        let phases = (0..<Self.phaseCount).map { phase in
            var weights = [Float](repeating: 0, count: source.outputs * source.inputs * 4)
            for kernel in 0..<source.outputs * source.inputs {
                for row in 0..<3 {
                    for column in 0..<3 {
                        // Even pixels: tap 0 falls on the pixel before, taps 1 and 2 on the pixel itself. Odd ones:
                        // taps 0 and 1 on the pixel itself, tap 2 on the one after.
                        let (y, x) = ((row + 1 - phase / 2) / 2, (column + 1 - phase % 2) / 2)
                        weights[kernel * 4 + y * 2 + x] += source.weights[kernel * 9 + row * 3 + column]
                    }
                }
            }
            return weights
        }
        let convolution = Conv2d(
            phases: phases, bias: source.bias, from: input, to: output, kernelHeight: 2, kernelWidth: 2)
        method =
            if let quantisation {
                .int8(Int8Conv2d(upsampling: convolution, quantisation, format: format))
            } else { .float32(convolution) }
    }

    /// - Input: `[inputChannels, H, W]`, halo of at least 1. Output: `[outputChannels, 2 H, 2 W]`, after ReLU.
    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        precondition(
            output.shape.height == 2 * input.shape.height && output.shape.width == 2 * input.shape.width,
            "UpsamplingConv2d \(input.shape) into \(output.shape)")
        switch method {
        case .float32(let convolution):
            workspace.timed(
                LayerTime(
                    "upsampled 3x3", "phases", input.shape, output.shape,
                    products: 9 * output.shape.height * output.shape.width, of: convolution, computed: 4.0 / 9)
            ) {
                let call = convolution.call(input, padding: (1, 1), into: output, epilogue: .init(relu: true))
                Self.run(call, in: workspace)
            }
        case .int8(let convolution):
            convolution(input, into: output, padding: (1, 1), epilogue: .init(relu: true), in: workspace)
        }
    }

    private static func run(_ call: puppet_conv2d, in workspace: Workspace) {
        withUnsafeTemporaryAllocation(of: puppet_conv2d.self, capacity: phaseCount) { calls in
            for phase in 0..<phaseCount { calls.initializeElement(at: phase, to: call.phase(phase)) }
            workspace.run(UnsafeBufferPointer(calls))
        }
    }
}

extension puppet_conv2d {
    /// A phase of an upsampling convolution, whose input is padded by 1: of the output every second pixel of every second row.
    ///
    /// - Parameter index: `2 * row parity + column parity`.
    func phase(_ index: Int) -> puppet_conv2d {
        let (row, column) = (index / 2, index % 2)
        var phase = self
        let skipped = row * input.row_stride + column * ChannelLayout.block
        phase.input.data += skipped
        (phase.input.height, phase.input.width) = (input.height - 1, input.width - 1)
        phase.integers = integers.map { $0 + skipped }
        phase.weights = weights.at(index, outputBlocks: Int(output.blocks))
        let first = row * output.row_stride + column * ChannelLayout.block
        phase.output.data += first
        phase.output_integers.values = output_integers.values.map { $0 + first }
        phase.output.row_stride *= 2
        phase.output_pixel_stride *= 2
        (phase.output.height, phase.output.width) = (output.height / 2, output.width / 2)
        return phase
    }
}
