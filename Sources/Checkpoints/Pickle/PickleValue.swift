/// One value of a pickle. Lists, tuples and dictionaries are numbers of ``Pickle/containers``, so that values are small,
/// may refer to one another in any way, and a nesting of any depth is freed without recursion.
enum PickleValue: Sendable {
    case none
    case flag(Bool)
    case integer(Int)
    case real(Double)
    /// A text, Unicode or not, or bytes.
    case text(PickleText)
    /// An integer of more than 64 bits: its bytes, least significant first.
    case longInteger(PickleText)
    case tuple(Int)
    case list(Int)
    /// Keys and values in turn, in the order in which they were set.
    case dictionary(Int)
    case global(PickleGlobal)
    /// A number of ``Pickle/storages``.
    case storage(Int)
    /// A number of ``Pickle/tensors``.
    case tensor(Int)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .flag: "a bool"
        case .integer, .longInteger: "an integer"
        case .real: "a float"
        case .text: "a text"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dictionary"
        case .global: "a function or type"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// Text of an untrusted file, on one line and without what a terminal would obey.
public func printable(_ bytes: some Collection<UInt8>) -> String {
    let limit = 200
    let text = String(
        decoding: bytes.prefix(limit).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    return bytes.count > limit ? text + "..." : text
}
