import CFOMMKernels

/// Where plain floats (a heatmap, a mask) lie in a ``Workspace``.
struct FloatSlot: Sendable {
    let count: Int
    let offset: Int
}
