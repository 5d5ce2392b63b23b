/// A line of an ``OutputLedger``.
package struct OutputEntry: Sendable {
    /// Of the picture's driving frame.
    package let sequence: Int
    package let fate: PictureFate
    /// Since it was captured; `nil` for a picture that was dropped.
    package let milliseconds: Double?

    package init(sequence: Int, fate: PictureFate, milliseconds: Double?) {
        self.sequence = sequence
        self.fate = fate
        self.milliseconds = milliseconds
    }
}
