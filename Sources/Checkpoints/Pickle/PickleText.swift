/// Where a text is in the pickled bytes; it stays there.
struct PickleText: Sendable {
    let start: UInt32
    let count: UInt32
}
