/// Where finished pictures go: a window, a file, a virtual camera. Not `Sendable`: one queue owns a sink.
///
/// Exactly one of ``finish()``, ``cancel()`` and ``keep()`` is called, last.
public protocol FrameSink: AnyObject {
    /// What to call it in a message.
    var name: String { get }

    func write(_ frame: Frame) throws
    /// Makes what was written final: a file appears under its own name here, never before.
    func finish() throws
    /// Removes whatever is incomplete. Pictures that are complete files of their own stay.
    func cancel()
    /// After a failure: gives what was written before it its name, where that plays by itself, and removes it otherwise.
    ///
    /// - Returns: whether something is kept.
    func keep() -> Bool
}

extension FrameSink {
    public func keep() -> Bool {
        cancel()
        return false
    }
}
