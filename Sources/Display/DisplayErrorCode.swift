import System

/// Why a sink could not be opened or written.
public typealias DisplayError = Failure<DisplayErrorCode>

/// What went wrong with an output. Any queue.
public enum DisplayErrorCode: Sendable {
    case cannotOpen, cannotWrite, notSupported
    /// Somebody else has it.
    case busy
    /// What it needs is not there, and may come.
    case absent
    case programMissing, programFailed
}
