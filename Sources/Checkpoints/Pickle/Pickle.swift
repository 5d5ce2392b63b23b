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
