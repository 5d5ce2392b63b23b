/// A convolution with a square kernel and a bias. PyTorch: `Conv2d`.
public struct ConvolutionDescription: Sendable {
    /// Of its tensors' names, which end in `.weight` and `.bias`.
    public let path: String
    /// Channels of each concatenated part of the input, in order.
    public let inputs: [Int]
    public let outputs: Int
    public let kernelSize: Int

    /// More output channels than any network of this family has: a bound on what a damaged file can make us allocate.
    static let outputLimit = 8192

    public var inputCount: Int { inputs.reduce(0, +) }

    public var weight: TensorDescription {
        TensorDescription(name: path + ".weight", shape: [outputs, inputCount, kernelSize, kernelSize], role: .weight)
    }

    public var bias: TensorDescription { TensorDescription(name: path + ".bias", shape: [outputs], role: .bias) }

    var tensors: [TensorDescription] { [weight, bias] }

    /// Of the definition, for an output of `side` rows and columns.
    func multiplyAdds(side: Double) -> Double { Double(weight.count) * side * side }
}
