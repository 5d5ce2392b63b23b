/// How large the inputs of a model's convolutions become, found by running it: what int8 scales are made from.
package struct ActivationRanges: Sendable, Equatable {
    /// By the name of the convolution, largest magnitudes `[positions of the input's transform][channels]`.
    package let values: [String: [[Float]]]

    package init(values: [String: [[Float]]] = [:]) { self.values = values }

    /// Of everything that either has seen.
    package func union(_ other: ActivationRanges) -> ActivationRanges {
        ActivationRanges(values: values.merging(other.values) { zip($0, $1).map { zip($0, $1).map(max) } })
    }

    /// Narrower or wider ones; what lies beyond them saturates.
    package func scaled(by factor: Float) -> ActivationRanges {
        ActivationRanges(values: values.mapValues { $0.map { $0.map { $0 * factor } } })
    }

    /// Of the names of tensors that hold ranges in a model's file.
    package static let tensorPrefix = "puppet.ranges."
    /// Of the metadata that says how good int8 is with them: the lowest PSNR against float32, in dB.
    package static let qualityKey = "puppet.int8_psnr"
}
