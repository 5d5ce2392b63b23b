/// Weights of a convolution as PyTorch stores them, `[outputs, inputs, kernelSize, kernelSize]`.
struct ConvolutionWeights: Sendable {
    var weights: [Float]
    var bias: [Float]
    let outputs: Int
    let inputs: Int
    let kernelSize: Int
    /// The weights before a batch norm was folded into them, where they were asked for.
    var halves: Halves?

    struct Halves: Sendable {
        let weights: [Float16]
        /// What the batch norm multiplies each output's weights by.
        var units: [Float]
    }

    /// From so many weights on, reading them is what a layer on a small image waits for.
    private static let many = 1 << 18
}

extension ConvolutionWeights {
    init(_ description: ConvolutionDescription, _ reader: WeightReader) throws(WeightError) {
        self.init(
            weights: try reader.weights.values(of: description.weight),
            bias: try reader.weights.values(of: description.bias), outputs: description.outputs,
            inputs: description.inputCount, kernelSize: description.kernelSize)
    }

    /// A convolution with the batch norm that follows it.
    ///
    /// - Parameter keepingHalves: sets ``halves``, where the file has float16 and there are many.
    init(_ block: BlockDescription, _ reader: WeightReader, keepingHalves: Bool = false) throws(WeightError) {
        var convolution = try ConvolutionWeights(block.convolution, reader)
        if keepingHalves, convolution.weights.count >= Self.many, reader.isFloat16(block.convolution.weight) {
            convolution.halves = Halves(
                weights: convolution.weights.map { Float16($0) },
                units: [Float](repeating: 1, count: convolution.outputs))
        }
        self = convolution.folding(try BatchNorm(block.norm, reader.weights))
    }

    /// Folds the batch norm that follows the convolution into it, in place: a convolution may have tens of megabytes.
    consuming func folding(_ norm: BatchNorm) -> ConvolutionWeights {
        let perOutput = weights.count / outputs
        for output in 0..<outputs {
            for index in output * perOutput..<(output + 1) * perOutput { weights[index] *= norm.scale[output] }
            bias[output] = bias[output] * norm.scale[output] + norm.shift[output]
            halves?.units[output] *= norm.scale[output]
        }
        return self
    }

    /// This convolution and another on the same input, as one with the outputs of both.
    func appending(_ other: ConvolutionWeights) -> ConvolutionWeights {
        precondition(inputs == other.inputs && kernelSize == other.kernelSize, "heads read the same input")
        return ConvolutionWeights(
            weights: weights + other.weights, bias: bias + other.bias, outputs: outputs + other.outputs,
            inputs: inputs, kernelSize: kernelSize)
    }
}
