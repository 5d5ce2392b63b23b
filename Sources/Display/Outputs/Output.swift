/// Where a live run's pictures go. Any queue may call it, and nothing here blocks; what blocks has a queue of its own.
///
/// Every picture that is submitted is entered into ``ledger`` once.
public protocol Output: AnyObject, Sendable {
    var name: String { get }
    var ledger: OutputLedger { get }
    /// Whether a picture that is submitted now replaces no other. ``OutputLedger/onRoom(_:)`` tells when to ask again.
    var hasRoom: Bool { get }

    /// The newest picture: it replaces one that still waits.
    func submit(_ picture: Picture)

    /// Ends the output once what was submitted has been taken; nothing is submitted after this.
    ///
    /// - Parameters:
    ///   - end: when the run ended: a recording lasts until then.
    ///   - next: called on some queue when that is done.
    func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void)

    /// How long what it has recorded is; `nil` where it records nothing, has failed, or is not finished.
    var recorded: RecordingLength? { get }
}

extension Output {
    public var recorded: RecordingLength? { nil }
}
