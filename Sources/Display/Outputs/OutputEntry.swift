/// A line of an ``OutputLedger``.
public struct OutputEntry: Sendable {
    /// Of the picture's driving frame.
    public let sequence: Int
    public let fate: PictureFate
    /// Since it was captured; `nil` for a picture that was dropped.
    public let milliseconds: Double?

    public init(sequence: Int, fate: PictureFate, milliseconds: Double?) {
        self.sequence = sequence
        self.fate = fate
        self.milliseconds = milliseconds
    }
}
