/// Avatar and motion to prediction, without the dense motion network. PyTorch: `OcclusionAwareGenerator`.
public struct GeneratorDescription: Sendable {
    /// Kernel of 7.
    public let first: BlockDescription
    /// From the widest image to the narrowest, at least one.
    public let down: [BlockDescription]
    public let bottleneck: [ResBlockDescription]
    /// As many as `down`, from the narrowest image to the widest.
    public let up: [BlockDescription]
    /// To red, green and blue, before the sigmoid.
    public let final: ConvolutionDescription

    init(_ architecture: ModelArchitecture) {
        let (encoder, decoder) = (architecture.generatorWidths, architecture.generatorDecoder)
        func blocks(_ path: String, _ widths: [Int]) -> [BlockDescription] {
            zip(widths, widths.dropFirst()).enumerated().map { index, channels in
                BlockDescription(path + "\(index)", inputs: [channels.0], outputs: channels.1)
            }
        }
        first = BlockDescription(PartName.first, inputs: [3], outputs: encoder[0], kernelSize: 7)
        down = blocks(PartName.down, encoder)
        bottleneck = (0..<architecture.residualBlocks).map { index in
            ResBlockDescription(PartName.bottleneck + "\(index)", channels: encoder[encoder.count - 1])
        }
        up = blocks(PartName.up, encoder.suffix(1) + decoder)
        final = ConvolutionDescription(
            path: PartName.final, inputs: Array(decoder.suffix(1)), outputs: 3, kernelSize: 7)
    }

    var tensors: [TensorDescription] {
        ([first] + down).flatMap(\.tensors) + bottleneck.flatMap(\.tensors) + up.flatMap(\.tensors) + final.tensors
    }

    /// - Parameters:
    ///   - side: rows and columns of the frame.
    ///   - perAvatar: of the encoder, which runs on the avatar alone; otherwise of the rest.
    func multiplyAdds(side: Double, perAvatar: Bool) -> Double {
        var sides = [side]
        for _ in down { sides.append((sides[sides.count - 1] / 2).rounded(.up)) }
        func sum(_ convolutions: [ConvolutionDescription], _ sides: [Double]) -> Double {
            zip(convolutions, sides).reduce(0) { $0 + $1.0.multiplyAdds(side: $1.1) }
        }
        if perAvatar { return sum(([first] + down).map(\.convolution), [side] + sides) }
        let residual = bottleneck.flatMap { [$0.convolution1, $0.convolution2] }
        return sum(residual, residual.map { _ in sides[down.count] })
            + sum(up.reversed().map(\.convolution) + [final], sides.dropLast() + [side])
    }
}
