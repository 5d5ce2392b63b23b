import SystemPackage

/// Something cannot be done. Its description is the one line a user sees: on what, what is wrong, why, and what to do.
///
/// There is no other shape of error. Each module names its own kinds by a code: ``FrameError``, ``PuppetError``,
/// `CaptureError`, `DisplayError`, `WindowError`, `WeightError`.
package struct Failure<Kind: Sendable & Hashable>: Error, Sendable, Equatable, CustomStringConvertible {
    package typealias Code = Kind

    package let code: Kind
    /// The file, folder, device, stream, option or program.
    package let subject: String
    /// What is wrong, with expected and actual where there are both.
    package let detail: String
    /// What the user can do about it.
    package let hint: String?
    package let underlying: Errno?

    package init(
        _ code: Kind, _ subject: String, _ detail: String, hint: String? = nil, underlying: Errno? = nil
    ) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.hint = hint
        self.underlying = underlying
    }

    package var description: String {
        var line = "\(subject): \(detail)"
        if let underlying { line += ": \(underlying)" }
        if let hint { line += "; \(hint)" }
        return line
    }
}

extension Failure {
    /// Does what the system may refuse, and says then what that means.
    package static func explaining<Value>(
        _ work: @autoclosure () throws(Errno) -> Value, _ code: Kind, _ subject: String, _ detail: String,
        hint: String? = nil
    ) throws(Failure) -> Value {
        try explaining(try work()) { Failure(code, subject, detail, hint: hint, underlying: $0) }
    }

    /// The same where the meaning depends on the reason.
    package static func explaining<Value>(
        _ work: @autoclosure () throws(Errno) -> Value, as failure: (Errno) -> Failure
    ) throws(Failure) -> Value {
        do throws(Errno) {
            return try work()
        } catch {
            throw failure(error)
        }
    }
}

extension Failure: Advisable {
    package func advising(_ hint: String) -> Failure {
        Failure(code, subject, detail, hint: hint, underlying: underlying)
    }
}

extension Failure: Encodable {
    /// As the line a user sees.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
