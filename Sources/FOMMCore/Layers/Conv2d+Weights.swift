extension Conv2d {
    /// A square convolution from its weights as PyTorch stores them.
    init(_ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout) {
        if let halves = source.halves {
            self.init(
                halves: halves.weights, units: halves.units, bias: source.bias, from: input, to: output,
                kernelHeight: source.kernelSize, kernelWidth: source.kernelSize)
        } else {
            self.init(
                weights: source.weights, bias: source.bias, from: input, to: output, kernelHeight: source.kernelSize,
                kernelWidth: source.kernelSize)
        }
    }

    /// Whether a convolution with so many pixels of output is better off with float16 weights, if they are that in the
    /// file: where pixels are few, reading the weights is what takes time and memory; where they are many, expanding them
    /// would be.
    static func readsHalves(_ instructionSet: InstructionSet, pixels: Int) -> Bool {
        pixels <= 4 * 4 && instructionSet.kernels.conv2d_rows != nil
    }
}
