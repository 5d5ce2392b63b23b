import FOMMCore

/// The layers of the networks, each as PyTorch's `modules/util.py` has it, with weights that are read when they are needed.
struct Layers: Sendable {
    let weights: any WeightSource

    /// - Parameter padding: `nil` for as much as keeps the size.
    func convolution(
        _ layer: ConvolutionDescription, _ input: Tensor, padding: Int? = nil
    ) throws -> Tensor {
        input.convolved(
            try weights.values(of: layer.weight), try weights.values(of: layer.bias), kernelSize: layer.kernelSize,
            padding: padding)
    }

    func batchNorm(_ layer: BatchNormDescription, _ input: Tensor) throws -> Tensor {
        let (scale, shift) = (try weights.values(of: layer.scale), try weights.values(of: layer.shift))
        let (mean, variance) = (try weights.values(of: layer.mean), try weights.values(of: layer.variance))
        return Tensor(channels: input.channels, height: input.height, width: input.width) { channel, row, column in
            let centred = input[channel, row, column] - mean[channel]
            return centred / (variance[channel] + BatchNormDescription.epsilon).squareRoot() * scale[channel]
                + shift[channel]
        }
    }

    func sameBlock(_ block: BlockDescription, _ input: Tensor) throws -> Tensor {
        try batchNorm(block.norm, convolution(block.convolution, input)).rectified()
    }

    func downBlock(_ block: BlockDescription, _ input: Tensor) throws -> Tensor {
        try sameBlock(block, input).pooled()
    }

    func upBlock(_ block: BlockDescription, _ input: Tensor) throws -> Tensor {
        try sameBlock(block, input.upsampled())
    }

    func resBlock(_ block: ResBlockDescription, _ input: Tensor) throws -> Tensor {
        let inner = try convolution(block.convolution1, batchNorm(block.norm1, input).rectified())
        return try convolution(block.convolution2, batchNorm(block.norm2, inner).rectified()) + input
    }

    func hourglass(_ hourglass: HourglassDescription, _ input: Tensor) throws -> Tensor {
        var skips = [input]
        for block in hourglass.down { skips.append(try downBlock(block, skips[skips.count - 1])) }
        var output = skips.removeLast()
        for block in hourglass.up { output = Tensor.joining([try upBlock(block, output), skips.removeLast()]) }
        return output
    }

    /// The picture at the resolution of a network's hourglass.
    func reduced(_ input: Tensor, for network: HeadedHourglassDescription) throws -> Tensor {
        guard let blur = network.blur else { return input }
        let (kernel, taps) = (try weights.values(of: blur), blur.shape[2])
        return input.reduced(by: network.reduction, Array(kernel.prefix(taps * taps)), taps: taps)
    }
}
