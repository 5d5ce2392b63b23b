/// A tensor that owns its memory and does not change after `init`.
struct StoredTensor: Sendable {
    private let shape: TensorShape
    private let storage: FloatStorage

    init(_ shape: TensorShape, fill: (TensorView) -> Void) {
        self.shape = shape
        storage = FloatStorage(count: shape.elementCount) {
            fill(TensorView(shape: shape, base: $0 + shape.origin))
        }
    }

    /// Sum of the magnitudes of all values.
    var magnitude: Double {
        (0..<storage.count).reduce(0) { $0 + Double(abs(storage.pointer[$1])) }
    }

    /// For reading. A view can be written, but layers write only where they are told to.
    var view: TensorView {
        TensorView(shape: shape, base: UnsafeMutablePointer(mutating: storage.pointer + shape.origin))
    }
}
