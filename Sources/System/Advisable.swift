/// A failure about which somebody further up knows better what to do.
public protocol Advisable: Error {
    /// The same with another hint.
    func advising(_ hint: String) -> Self
}
