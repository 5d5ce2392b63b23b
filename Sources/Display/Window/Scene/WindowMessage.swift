/// Some words to the user.
package struct WindowMessage: Hashable, Sendable {
    package var text: String
    /// Whether something is wrong, and not only to be known.
    package var isWarning: Bool

    package init(_ text: String, isWarning: Bool = false) {
        self.text = text
        self.isWarning = isWarning
    }
}
