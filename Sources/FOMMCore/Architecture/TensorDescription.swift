/// A tensor of a network's weights: its name in the published checkpoints, its shape, and what it is to its layer.
public struct TensorDescription: Sendable {
    /// What a tensor is to its layer.
    public enum Role: Sendable {
        /// Of a convolution: `[outputs, inputs, rows, columns]`, `[outputs]`.
        case weight, bias
        /// Of a batch norm: `[channels]` each, variances >= 0.
        case scale, shift, mean, variance
        /// `[3, 1, taps, taps]`: the same Gaussian for each colour, which sums to 1.
        case blur
    }

    public let name: String
    public let shape: [Int]
    public let role: Role

    /// Numbers in it.
    public var count: Int { shape.reduce(1, *) }
}
