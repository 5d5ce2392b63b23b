/// A tensor's memory, borrowed from a ``Workspace`` or a ``TensorStorage`` that outlives it.
struct TensorView {
    let shape: TensorShape
    /// Pixel (0, 0) of block 0; where there are ``integers``, neither read nor written.
    let base: UnsafeMutablePointer<Float>
    /// What the tensor has instead of floats; `nil` for most.
    var integers: Integers? = nil

    /// 8-bit integers in the same layout, none of them negative: what one convolution writes and a direct one on integers
    /// reads, and nobody else.
    struct Integers {
        /// Pixel (0, 0) of block 0.
        let base: UnsafeMutablePointer<UInt8>
        /// What a value is multiplied by, `[blocks][16]`.
        let perUnit: UnsafePointer<Float>
    }

    /// The part of a concatenation that was written as its `index`-th.
    func segment(_ index: Int) -> TensorView {
        let (firstBlock, layout) = shape.channels.segment(index)
        let part = TensorShape(layout, height: shape.height, width: shape.width, halo: shape.halo)
        return TensorView(shape: part, base: base + firstBlock * shape.blockStride)
    }

    /// Takes over the values of a tensor of the same size, whatever its halo.
    func copyPixels(of other: TensorView) {
        precondition(other.shape.channels == shape.channels, "copy of \(other.shape) into \(shape)")
        for block in 0..<shape.channels.blockCount {
            for row in 0..<shape.height {
                (base + block * shape.blockStride + row * shape.rowStride).update(
                    from: other.base + block * other.shape.blockStride + row * other.shape.rowStride,
                    count: shape.width * ChannelLayout.block)
            }
        }
    }
}
