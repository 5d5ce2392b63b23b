import CFOMMKernels

/// Collects, while a network is built, how much memory one run of it needs.
struct WorkspaceLayout: Sendable {
    private(set) var floatCount = 0

    /// - Parameter integersOf: a convolution that reads nothing else and knows its input's ranges: the tensor holds the integers
    ///   for it; `nil` for a tensor of floats.
    mutating func reserve(_ shape: TensorShape, integersOf: Int8Weights? = nil) -> TensorSlot {
        let perFloat = integersOf == nil ? 1 : MemoryLayout<Float>.size
        return TensorSlot(
            shape: shape, offset: take((shape.elementCount + perFloat - 1) / perFloat), integersOf: integersOf)
    }

    mutating func reserve(floats count: Int) -> FloatSlot { FloatSlot(count: count, offset: take(count)) }

    /// Every reservation starts on a cache line.
    private mutating func take(_ count: Int) -> Int {
        defer { floatCount += (count + 15) / 16 * 16 }
        return floatCount
    }
}
