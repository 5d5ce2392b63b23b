import CFOMMKernels

/// Collects, while a network is built, how much memory one run of it needs.
struct WorkspaceLayout: Sendable {
    private(set) var floatCount = 0

    mutating func reserve(_ shape: TensorShape) -> TensorSlot {
        TensorSlot(shape: shape, offset: take(shape.elementCount))
    }

    mutating func reserve(floats count: Int) -> FloatSlot { FloatSlot(count: count, offset: take(count)) }

    /// Every reservation starts on a cache line.
    private mutating func take(_ count: Int) -> Int {
        defer { floatCount += (count + 15) / 16 * 16 }
        return floatCount
    }
}
