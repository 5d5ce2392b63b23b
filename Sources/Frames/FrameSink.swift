/// Where finished pictures go: a window, a file, a virtual camera. Not `Sendable`: one queue owns a sink.
///
/// Exactly one of ``finish()`` and ``cancel()`` is called, last.
package protocol FrameSink: AnyObject {
    /// What to call it in a message.
    var name: String { get }

    func write(_ frame: Frame) throws
    /// Makes what was written final: a file appears under its own name here, never before.
    func finish() throws
    /// Removes whatever is incomplete. Pictures that are complete files of their own stay.
    func cancel()
}
