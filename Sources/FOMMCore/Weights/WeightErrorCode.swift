import System

/// Why a weight file cannot be used.
public typealias WeightError = Failure<WeightErrorCode>

/// What is wrong with a file of weights. Any queue.
public enum WeightErrorCode: Sendable {
    case cannotOpen, notSafetensors, damaged, wrongType, missingTensor, extraTensor, wrongShape, notFinite
    case unsupportedModel, wrongFrameSize
    /// Of a checkpoint: not one; wants code run; beyond what is read of one.
    case notCheckpoint, forbidden, tooLarge
}

extension Failure<WeightErrorCode> {
    /// - Parameters:
    ///   - file: its path, or what else the weights came from.
    ///   - tensor: which of its tensors is to blame.
    public init(
        _ code: WeightErrorCode, file: String, tensor: String? = nil, _ detail: String, hint: String? = nil
    ) {
        self.init(code, file + (tensor.map { ": tensor \($0)" } ?? ""), detail, hint: hint)
    }

    /// About a tensor that is not there, `shape` being `nil`, or whose shape is not what is `expected`.
    static func mismatch(_ tensor: String, _ shape: [Int]?, expected: String, file: String) -> WeightError {
        guard let shape else {
            return WeightError(
                .missingTensor, file: file, tensor: tensor, "missing",
                hint: "the model is incomplete or of another architecture")
        }
        return WeightError(
            .wrongShape, file: file, tensor: tensor, "shape \(shape), expected \(expected)",
            hint: "the model is damaged or of another architecture")
    }

    /// The same about the file that the user named, where the error is about one that was made of it.
    public func renamed(from temporary: String, to original: String) -> WeightError {
        guard subject.hasPrefix(temporary) else { return self }
        return WeightError(
            code, original + subject.dropFirst(temporary.count), detail, hint: hint, underlying: underlying)
    }
}
