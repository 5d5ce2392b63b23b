/// A tensor of a network's weights: its name in the published checkpoints, its shape, and what it is to its layer.
package struct TensorDescription: Sendable {
    package enum Role: Sendable {
        /// Of a convolution: `[outputs, inputs, rows, columns]`, `[outputs]`.
        case weight, bias
        /// Of a batch norm: `[channels]` each, variances >= 0.
        case scale, shift, mean, variance
        /// `[3, 1, taps, taps]`: the same Gaussian for each colour, which sums to 1.
        case blur
    }

    package let name: String
    package let shape: [Int]
    package let role: Role

    /// Numbers in it.
    package var count: Int { shape.reduce(1, *) }
}
