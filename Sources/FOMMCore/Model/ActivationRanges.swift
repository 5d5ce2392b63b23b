/// How large the inputs of a model's convolutions become, found by running it: what int8 scales are made from.
public struct ActivationRanges: Sendable, Equatable {
    /// By the name of the convolution, largest magnitudes `[positions of the input's transform][channels]`.
    public let values: [String: [[Float]]]

    public init(values: [String: [[Float]]] = [:]) { self.values = values }

    /// Of everything that either has seen.
    public func union(_ other: ActivationRanges) -> ActivationRanges {
        ActivationRanges(values: values.merging(other.values) { zip($0, $1).map { zip($0, $1).map(max) } })
    }

    /// Narrower or wider ones; what lies beyond them saturates.
    public func scaled(by factor: Float) -> ActivationRanges {
        ActivationRanges(values: values.mapValues { $0.map { $0.map { $0 * factor } } })
    }

    /// Of the names of tensors that hold ranges in a model's file.
    public static let tensorPrefix = "puppet.ranges."
    /// Of the metadata that says how good int8 is with them: the lowest PSNR against float32, in dB.
    public static let qualityKey = "puppet.int8_psnr"
    /// Of the metadata that says with which ``InstructionSet/int8Levels`` that was measured; missing, it was with the fewest.
    public static let levelsKey = "puppet.int8_levels"
}
