/// Size and layout of a tensor: `[blocks, height + 2 halo, width + 2 halo, 16]`, float32.
struct TensorShape: Hashable, Sendable, CustomStringConvertible {
    let channels: ChannelLayout
    let height: Int
    package let width: Int
    /// Rows and columns of zeros around the picture: the padding of the convolutions that read it.
    let halo: Int

    init(_ channels: ChannelLayout, height: Int, width: Int, halo: Int = 1) {
        self.channels = channels
        self.height = height
        self.width = width
        self.halo = halo
    }

    /// Floats from one row to the next.
    var rowStride: Int { (width + 2 * halo) * ChannelLayout.block }
    /// Floats from one block of channels to the next.
    var blockStride: Int { (height + 2 * halo) * rowStride }
    package var elementCount: Int { channels.blockCount * blockStride }
    /// Floats from the start of the memory to pixel (0, 0).
    var origin: Int { halo * rowStride + halo * ChannelLayout.block }

    var description: String { "[\(channels), \(height), \(width)]" }
}

/// A tensor's memory, borrowed from a ``Workspace`` or a ``TensorStorage`` that outlives it.
struct TensorView {
    package let shape: TensorShape
    /// Pixel (0, 0) of block 0.
    let base: UnsafeMutablePointer<Float>

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
