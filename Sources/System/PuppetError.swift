/// Why a run cannot start or go on, where no single picture, video or model file is to blame. Its description is the one
/// line a user sees.
package struct PuppetError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        case noAvatar, noModel, noCalibration, badCrop, noControl, wrongFrameSize, noSuchFrame, cannotRewind,
            nothingToDrive,
            interrupted, unwell, badConfig, badName, badCommand, cannotFetch
    }

    package let code: Code
    package let subject: String
    package let detail: String
    package let hint: String?

    package init(_ code: Code, _ subject: String, _ detail: String, hint: String? = nil) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.hint = hint
    }

    package var description: String { "\(subject): \(detail)" + (hint.map { "; \($0)" } ?? "") }
}
