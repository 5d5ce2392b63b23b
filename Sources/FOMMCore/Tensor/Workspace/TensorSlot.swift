import CFOMMKernels

/// Where a tensor lies in a ``Workspace``.
struct TensorSlot: Sendable {
    let shape: TensorShape
    let offset: Int
}
