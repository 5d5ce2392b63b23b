import CFOMMKernels

/// Where a tensor lies in a ``Workspace``.
struct TensorSlot: Sendable {
    let shape: TensorShape
    let offset: Int
    /// Whose input the tensor is, where it holds integers for that.
    var integersOf: Int8Weights? = nil
}
