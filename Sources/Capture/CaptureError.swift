import Frames
import SystemPackage

/// Why a source could not be opened or read. Its description is the one line a user sees.
package struct CaptureError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case cannotOpen, cannotRead, empty, malformed, notSupported, tooLarge, truncated, sizeChanged
        case programMissing, programFailed
    }

    package let code: Code
    /// The file, folder, device or stream.
    package let path: String
    /// What is wrong, with expected and actual where there are both.
    package let detail: String
    /// What the user can do about it.
    package let hint: String?
    package let underlying: Errno?

    package init(_ code: Code, path: String, _ detail: String, hint: String? = nil, underlying: Errno? = nil) {
        self.code = code
        self.path = path
        self.detail = detail
        self.hint = hint
        self.underlying = underlying
    }

    package var description: String { errorLine(path, detail, underlying, hint) }
}
