import SystemPackage

/// Something went wrong with a file, a folder, a device or a stream. Its description is the one line a user sees: where,
/// what, why and what to do.
///
/// Each module names its own by a `Code`: ``FrameError``, `CaptureError`, `DisplayError`.
package struct FileError<Code: Sendable>: Error, Sendable, CustomStringConvertible {
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

    package var description: String {
        var line = "\(path): \(detail)"
        if let underlying { line += ": \(underlying)" }
        if let hint { line += "; \(hint)" }
        return line
    }
}

extension FileError: Encodable {
    /// As the line a user sees.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Why a picture file could not be read or written.
package typealias FrameError = FileError<FrameErrorCode>
