/// What a user asks for.
public enum PrecisionChoice: String, Sendable, CaseIterable {
    case float32, int8
    /// int8 where that is faster here and the model's scales were found to be good enough, otherwise float32.
    case auto

    /// PSNR against float32, in dB, that `auto` asks for.
    public static let qualityBar = 38.0

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
