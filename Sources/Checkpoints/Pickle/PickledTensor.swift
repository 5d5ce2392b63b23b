/// A tensor: a way to look at a storage. Every element is inside the storage.
struct PickledTensor: Sendable {
    /// A number of ``Pickle/storages``.
    let storage: Int
    /// In elements from the start of the storage's bytes.
    let offset: Int
    let shape: [Int]
    /// In elements, >= 0.
    let strides: [Int]
}
