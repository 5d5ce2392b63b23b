/// What became of a picture at an output: exactly one of these.
public enum PictureFate: Sendable, Hashable {
    /// A window shows it.
    case shown
    /// A file or a virtual camera has its bytes.
    case written
    /// The output has taken it; it looks as the one before did.
    case repeated
    case dropped(DropReason)

    /// Why an output did not take a picture.
    public enum DropReason: String, CaseIterable, Sendable {
        /// A newer one came before its turn.
        case newer
        /// A virtual camera shows a card instead.
        case card
        /// The output failed, or its device is away.
        case lost
    }

    /// For `--stats`: one word, or two where it was dropped.
    public var name: String {
        switch self {
        case .shown: "shown"
        case .written: "written"
        case .repeated: "repeated"
        case .dropped(let reason): "dropped \(reason.rawValue)"
        }
    }
}
