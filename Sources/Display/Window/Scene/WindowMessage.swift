/// Some words to the user.
public struct WindowMessage: Hashable, Sendable {
    public var text: String
    /// Whether something is wrong, and not only to be known.
    public var isWarning: Bool

    public init(_ text: String, isWarning: Bool = false) {
        self.text = text
        self.isWarning = isWarning
    }
}
