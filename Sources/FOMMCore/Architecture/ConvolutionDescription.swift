/// A convolution with a square kernel and a bias. PyTorch: `Conv2d`.
package struct ConvolutionDescription: Sendable {
    /// Of its tensors' names, which end in `.weight` and `.bias`.
    package let path: String
    /// Channels of each concatenated part of the input, in order.
    package let inputs: [Int]
    package let outputs: Int
    package let kernelSize: Int

    /// More output channels than any network of this family has: a bound on what a damaged file can make us allocate.
    static let outputLimit = 8192

    package var inputCount: Int { inputs.reduce(0, +) }

    package var weight: TensorDescription {
        TensorDescription(name: path + ".weight", shape: [outputs, inputCount, kernelSize, kernelSize], role: .weight)
    }

    package var bias: TensorDescription { TensorDescription(name: path + ".bias", shape: [outputs], role: .bias) }

    var tensors: [TensorDescription] { [weight, bias] }

    /// Of the definition, for an output of `side` rows and columns.
    func multiplyAdds(side: Double) -> Double { Double(weight.count) * side * side }
}
