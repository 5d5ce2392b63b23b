/// `x + conv2(relu(norm2(conv1(relu(norm1(x))))))`, with as many channels everywhere. PyTorch: `ResBlock2d`.
public struct ResBlockDescription: Sendable {
    public let norm1: BatchNormDescription
    public let convolution1: ConvolutionDescription
    public let norm2: BatchNormDescription
    public let convolution2: ConvolutionDescription

    init(_ path: String, channels: Int) {
        norm1 = BatchNormDescription(path: path + ".norm1", channels: channels)
        convolution1 = .init(path: path + ".conv1", inputs: [channels], outputs: channels, kernelSize: 3)
        norm2 = BatchNormDescription(path: path + ".norm2", channels: channels)
        convolution2 = .init(path: path + ".conv2", inputs: [channels], outputs: channels, kernelSize: 3)
    }

    var tensors: [TensorDescription] {
        norm1.tensors + convolution1.tensors + norm2.tensors + convolution2.tensors
    }
}
