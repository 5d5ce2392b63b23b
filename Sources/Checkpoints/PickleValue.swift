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

/// Where a text is in the pickled bytes; it stays there.
struct PickleText: Sendable {
    let start: UInt32
    let count: UInt32
}

/// A storage as the pickle mentions it: elements that are somewhere else in the file.
struct PickledStorage: Sendable {
    let key: PickleText
    let type: StorageType
    /// Of the storage with this key.
    let elementCount: Int
    /// The part of it that is meant: all of it but for views, which PyTorch before 0.4 wrote.
    let part: Range<Int>
}

/// A tensor: a way to look at a storage. Every element is inside the storage.
struct PickledTensor: Sendable {
    /// A number of ``Pickle/storages``.
    let storage: Int
    /// In elements from the start of the storage's bytes.
    let offset: Int
    let shape: [Int]
    /// In elements, >= 0.
    let strides: [Int]

    var elementCount: Int { shape.reduce(1, *) }
}

/// A pickle as data.
///
/// `@unchecked Sendable` holds because nothing writes to the bytes, and the file they are in outlives the value.
struct Pickle: @unchecked Sendable {
    /// The bytes it was read from; texts are ranges of them.
    let bytes: UnsafeRawBufferPointer
    /// Where it ends in `bytes`.
    var end = 0
    var root = PickleValue.none
    var containers: [[PickleValue]] = []
    var storages: [PickledStorage] = []
    var tensors: [PickledTensor] = []

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func contents(of text: PickleText) -> Slice<UnsafeRawBufferPointer> {
        bytes[Int(text.start)..<Int(text.start) + Int(text.count)]
    }

    /// A text fit for a message or a name: what is not printable ASCII becomes `?`, what is too long ends in `...`.
    func string(_ text: PickleText) -> String { printable(contents(of: text)) }

    /// The text of a value, `nil` for anything else.
    func string(_ value: PickleValue) -> String? {
        if case .text(let text) = value { string(text) } else { nil }
    }

    /// Keys and values of a dictionary; empty for anything else.
    func entries(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
        guard case .dictionary(let index) = value else { return [] }
        let items = containers[index]
        return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
    }
}

/// Text of an untrusted file, on one line and without what a terminal would obey.
package func printable(_ bytes: some Collection<UInt8>) -> String {
    let limit = 200
    let text = String(
        decoding: bytes.prefix(limit).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    return bytes.count > limit ? text + "..." : text
}
