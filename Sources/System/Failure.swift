import SystemPackage

/// Something cannot be done. Its description is the one line a user sees: on what, what is wrong, why, and what to do.
///
/// There is no other shape of error. Each module names its own kinds by a code: ``FrameError``, ``PuppetError``,
/// `CaptureError`, `DisplayError`, `WindowError`, `WeightError`.
public struct Failure<Kind: Sendable & Hashable>: Error, Sendable, Equatable, CustomStringConvertible {
    public typealias Code = Kind

    public let code: Kind
    /// The file, folder, device, stream, option or program.
    public let subject: String
    /// What is wrong, with expected and actual where there are both.
    public let detail: String
    /// What the user can do about it.
    public let hint: String?
    public let underlying: Errno?

    public init(
        _ code: Kind, _ subject: String, _ detail: String, hint: String? = nil, underlying: Errno? = nil
    ) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.hint = hint
        self.underlying = underlying
    }

    public var description: String {
        var line = "\(subject): \(detail)"
        if let underlying { line += ": \(underlying)" }
        if let hint { line += "; \(hint)" }
        return line
    }
}

extension Failure {
    /// Does what the system may refuse, and says then what that means.
    public static func explaining<Value>(
        _ work: @autoclosure () throws(Errno) -> Value, _ code: Kind, _ subject: String, _ detail: String,
        hint: String? = nil
    ) throws(Failure) -> Value {
        try explaining(try work()) { Failure(code, subject, detail, hint: hint, underlying: $0) }
    }

    /// The same where the meaning depends on the reason.
    public static func explaining<Value>(
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
    public func advising(_ hint: String) -> Failure {
        Failure(code, subject, detail, hint: hint, underlying: underlying)
    }
}

extension Failure: Encodable {
    /// As the line a user sees.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
