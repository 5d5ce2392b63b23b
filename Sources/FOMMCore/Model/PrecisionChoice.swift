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
            let quality = Int8Quality(metadata: metadata).psnr(levels: instructionSet.int8Levels)
            let isGood = quality >= Self.qualityBar
            return instructionSet.hasInt8 && isGood && int8Gain() >= Self.leastGain ? .int8 : .float32
        }
    }
}
