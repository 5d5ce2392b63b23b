/// Why a weight file cannot be used. Its description is the one line a user sees.
package struct WeightError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        case cannotOpen, notSafetensors, damaged, wrongType, missingTensor, extraTensor, wrongShape, notFinite
        case unsupportedModel, wrongFrameSize
    }

    package let code: Code
    /// Path of the file, or what else the weights came from.
    package let file: String
    package let tensor: String?
    package let detail: String
    package let hint: String?

    init(_ code: Code, file: String, tensor: String? = nil, _ detail: String, hint: String? = nil) {
        self.code = code
        self.file = file
        self.tensor = tensor
        self.detail = detail
        self.hint = hint
    }

    package var description: String {
        "\(file): " + (tensor.map { "tensor \($0): " } ?? "") + detail + (hint.map { "; \($0)" } ?? "")
    }
}
