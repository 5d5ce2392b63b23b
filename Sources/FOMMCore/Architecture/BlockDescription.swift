/// A convolution, then a batch norm and a ReLU: with nothing else a `SameBlock2d`, before a mean of 2x2 pixels a
/// `DownBlock2d`, behind an upsampling by 2 an `UpBlock2d`.
public struct BlockDescription: Sendable {
    public let convolution: ConvolutionDescription
    public let norm: BatchNormDescription

    init(_ path: String, inputs: [Int], outputs: Int, kernelSize: Int = 3) {
        convolution = ConvolutionDescription(
            path: path + ".conv", inputs: inputs, outputs: outputs, kernelSize: kernelSize)
        norm = BatchNormDescription(path: path + ".norm", channels: outputs)
    }

    var tensors: [TensorDescription] { convolution.tensors + norm.tensors }
}
