/// A setting of a camera, such as its brightness, and what somebody wants it to be.
public struct CameraControl: Hashable, Sendable, CustomStringConvertible {
    /// What values a control takes.
    public enum Kind: String, Encodable, Sendable {
        case integer, boolean, menu, bitmask
        case integerMenu = "integer_menu"
    }

    /// The camera's own, in lower case with one `_` for whatever is neither letter nor digit, as `v4l2-ctl -l` has it.
    public let name: String
    /// A number, of a menu's entry its index; for a boolean also `on` or `off`.
    public let setting: String

    /// - Parameter text: for example `brightness=128` or `white_balance_automatic=off`.
    /// - Returns: `nil` for what is not a name, `=`, and a whole number, `on` or `off`.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, Int(parts[1]) != nil || ["on", "off"].contains(parts[1]) else {
            return nil
        }
        (name, setting) = (parts[0], parts[1])
    }

    public var description: String { "\(name)=\(setting)" }
}
