/// What the bottleneck and the decoder of the generator, where most of the work is, are computed in.
///
/// Detector and dense motion are always float32: they decide where everything goes, and what they see (a face that turns
/// away further than the one the scales were found with) is less bounded than what an encoded avatar looks like.
package enum Precision: String, Sendable, CaseIterable {
    case float32
    /// 8-bit integers with float32 between the layers.
    case int8

    /// Whether the convolution whose weights are at `path` may be other than float32.
    static func applies(to path: String) -> Bool {
        path.hasPrefix("generator.") && !path.hasPrefix("generator.dense_motion_network.")
    }
}

/// What a user asks for.
package enum PrecisionChoice: String, Sendable, CaseIterable {
    case float32, int8
    /// int8 where that is faster here and the model's scales were found to be good enough, otherwise float32.
    case auto

    /// PSNR against float32, in dB, that `auto` asks for.
    package static let qualityBar = 38.0

    func resolved(_ instructionSet: InstructionSet, _ metadata: [String: String]) -> Precision {
        switch self {
        case .float32: return .float32
        case .int8: return .int8
        case .auto:
            let measured = metadata[ActivationRanges.qualityKey].flatMap(Double.init) ?? 0
            return instructionSet.int8IsFast && measured >= Self.qualityBar ? .int8 : .float32
        }
    }
}
