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

    /// The networks of a model.
    public enum Part: String, Sendable, CaseIterable {
        case detector
        case denseMotion = "dense motion"
        case generator

        init(_ name: String) {
            self =
                name.hasPrefix(PartName.detectorHourglass)
                ? .detector
                : name.hasPrefix(PartName.motionHourglass) ? .denseMotion : .generator
        }
    }

    /// Which there are ranges of.
    public var parts: Set<Part> { Set(values.keys.map(Part.init)) }

    /// Those of some parts alone.
    public func of(_ parts: Set<Part>) -> ActivationRanges {
        ActivationRanges(values: values.filter { parts.contains(Part($0.key)) })
    }
}
