/// Why a weight file cannot be used. Its description is the one line a user sees.
package struct WeightError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        case cannotOpen, notSafetensors, damaged, wrongType, missingTensor, extraTensor, wrongShape, notFinite
        case unsupportedModel, wrongFrameSize
        /// Of a checkpoint: not one; wants code run; beyond what is read of one.
        case notCheckpoint, forbidden, tooLarge
    }

    package let code: Code
    /// Path of the file, or what else the weights came from.
    package let file: String
    package let tensor: String?
    package let detail: String
    package let hint: String?

    package init(_ code: Code, file: String, tensor: String? = nil, _ detail: String, hint: String? = nil) {
        self.code = code
        self.file = file
        self.tensor = tensor
        self.detail = detail
        self.hint = hint
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
    package func renamed(from temporary: String, to original: String) -> WeightError {
        file == temporary ? WeightError(code, file: original, tensor: tensor, detail, hint: hint) : self
    }

    package var description: String {
        "\(file): " + (tensor.map { "tensor \($0): " } ?? "") + detail + (hint.map { "; \($0)" } ?? "")
    }
}
