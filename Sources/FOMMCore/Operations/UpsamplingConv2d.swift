import CFOMMKernels

/// Nearest-neighbour upsampling by 2 followed by a 3x3 convolution, computed on the small image.
///
/// Every output pixel of one phase (row parity, column parity) sees 2x2 pixels of the small image: where two taps of the
/// 3x3 kernel fall on the same pixel their weights are added beforehand. 4 x 4 products instead of 4 x 9, and the
/// upsampled image never exists.
struct UpsamplingConv2d: Sendable {
    /// Phase (row parity, column parity) at index `2 * row + column`.
    private let phases: [Conv2d]

    /// - Parameter source: a 3x3 convolution, as PyTorch stores it.
    init(_ source: ConvolutionWeights, from inputChannels: ChannelLayout, to outputChannels: ChannelLayout) {
        precondition(source.kernelSize == 3, "UpsamplingConv2d of a \(source.kernelSize)-wide kernel")
        phases = (0..<4).map { phase in
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
            return Conv2d(
                weights: weights, bias: source.bias, from: inputChannels, to: outputChannels, kernelHeight: 2,
                kernelWidth: 2)
        }
    }

    /// - Input: `[inputChannels, H, W]`, halo of at least 1. Output: `[outputChannels, 2 H, 2 W]`, after ReLU.
    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        precondition(
            output.shape.height == 2 * input.shape.height && output.shape.width == 2 * input.shape.width,
            "UpsamplingConv2d \(input.shape) into \(output.shape)")
        workspace.timed(
            LayerTime(
                "upsampled 3x3", "phases", input.shape, output.shape,
                products: 9 * output.shape.height * output.shape.width, of: phases[0], computed: 4.0 / 9)
        ) { run(input, into: output, in: workspace) }
    }

    private func run(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        withUnsafeTemporaryAllocation(of: puppet_conv2d.self, capacity: phases.count) { calls in
            for (index, phase) in phases.enumerated() {
                let (row, column) = (index / 2, index % 2)
                var call = phase.call(input, padding: (1, 1), into: output, epilogue: .init(relu: true))
                call.input = call.input.window(
                    rows: row..<row + input.shape.height + 1, columns: column..<column + input.shape.width + 1)
                // Every second pixel of every second row.
                call.output.data += row * output.shape.rowStride + column * ChannelLayout.block
                call.output.row_stride *= 2
                call.output_pixel_stride *= 2
                (call.output.height, call.output.width) = (call.output.height / 2, call.output.width / 2)
                calls.initializeElement(at: index, to: call)
            }
            workspace.run(UnsafeBufferPointer(calls))
        }
    }
}
