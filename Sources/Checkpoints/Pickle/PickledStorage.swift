/// A storage as the pickle mentions it: elements that are somewhere else in the file.
struct PickledStorage: Sendable {
    let key: PickleText
    let type: StorageType
    /// Of the storage with this key.
    let elementCount: Int
    /// The part of it that is meant: all of it but for views, which PyTorch before 0.4 wrote.
    let part: Range<Int>
}
