/// What surrounds a picture where the camera's has other proportions.
public enum VirtualCameraFill: Hashable, Sendable {
    /// The picture itself, large, blurred and dimmed.
    case blur
    /// One colour, each component 0...255.
    case colour(red: UInt8, green: UInt8, blue: UInt8)

    public static let black = VirtualCameraFill.colour(red: 0, green: 0, blue: 0)

    /// - Parameter text: `blur`, `black` or `#RRGGBB`, capital letters or not.
    /// - Returns: `nil` for anything else.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "blur": self = .blur
        case "black": self = .black
        case let text where text.utf8.count == 7 && text.hasPrefix("#"):
            let digits = text.dropFirst()
            // Int's own parser would take a sign as well.
            guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }), let value = UInt32(digits, radix: 16) else {
                return nil
            }
            self = .colour(
                red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
                blue: UInt8(truncatingIfNeeded: value))
        default: return nil
        }
    }
}
