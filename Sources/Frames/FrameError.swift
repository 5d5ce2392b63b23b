import SystemPackage

/// Why a picture file could not be read or written. Its description is the one line a user sees.
package struct FrameError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case cannotOpen, empty, notAPicture, damaged, tooLarge, cannotWrite
    }

    package let code: Code
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

/// The one line that every error about a file, a device or a stream becomes: where, what, why and what to do.
package func errorLine(_ path: String, _ detail: String, _ underlying: Errno?, _ hint: String?) -> String {
    var line = "\(path): \(detail)"
    if let underlying { line += ": \(underlying)" }
    if let hint { line += "; \(hint)" }
    return line
}
