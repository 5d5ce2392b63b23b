import FOMMReference

@testable import FOMMCore

extension TensorView {
    /// Planar `[channels, height, width]`.
    var planar: [Float] {
        let lanes = shape.channels.lanes
        return lanes.flatMap { lane in
            (0..<shape.height).flatMap { row in
                (0..<shape.width).map { column in
                    base[
                        lane / ChannelLayout.block * shape.blockStride + row * shape.rowStride
                            + column * ChannelLayout.block + lane % ChannelLayout.block]
                }
            }
        }
    }

    /// As the reference has it.
    var tensor: Tensor { Tensor(channels: shape.channels.channels, height: shape.height, width: shape.width, planar) }
}

extension Tensor {
    /// The definition of a convolution.
    func convolved(_ source: ConvolutionWeights, padding: Int? = nil) -> Tensor {
        convolved(source.weights, source.bias, kernelSize: source.kernelSize, padding: padding)
    }
}
