package enum DisplayErrorCode: Sendable {
    case cannotOpen, cannotWrite, notSupported
    /// Somebody else has it.
    case busy
    case programMissing, programFailed
}
