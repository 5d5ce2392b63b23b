import Foundation

/// What a user asks for.
public enum PrecisionChoice: String, Sendable, CaseIterable {
    case float32, int8
    /// int8 where that is faster here and the model's scales were found to be good enough, otherwise float32.
    case auto

    /// PSNR against float32, in dB, that `auto` asks for.
    public static let qualityBar = 38.0
    /// How many times as fast int8 has to be for `auto` to give up exactness.
    static let leastGain = 1.1

    /// - Parameters:
    ///   - metadata: of the model's file.
    ///   - int8Gain: how many times as fast int8 is here; asked only where the quality is good enough.
    func resolved(
        _ instructionSet: InstructionSet, _ metadata: [String: String], int8Gain: () -> Double
    ) -> Precision {
        switch self {
        case .float32: return .float32
        case .int8: return .int8
        case .auto:
            let isGood = Self.int8Quality(metadata, levels: instructionSet.int8Levels) >= Self.qualityBar
            return instructionSet.hasInt8 && isGood && int8Gain() >= Self.leastGain ? .int8 : .float32
        }
    }

    /// PSNR against float32, in dB, with steps of this computer's integers: half as many are 6 dB less. 0 where a model does
    /// not say.
    private static func int8Quality(_ metadata: [String: String], levels: Int) -> Double {
        let measured = metadata[ActivationRanges.qualityKey].flatMap(Double.init) ?? 0
        let measuredLevels = metadata[ActivationRanges.levelsKey].flatMap(Double.init) ?? Double(levels)
        return measured - max(0, 20 * log10(measuredLevels / Double(max(levels, 1))))
    }
}
