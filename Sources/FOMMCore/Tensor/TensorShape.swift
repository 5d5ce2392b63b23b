/// Size and layout of a tensor: `[blocks, height + 2 halo, width + 2 halo, 16]`, float32.
struct TensorShape: Hashable, Sendable, CustomStringConvertible {
    let channels: ChannelLayout
    let height: Int
    let width: Int
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
    var elementCount: Int { channels.blockCount * blockStride }
    /// Floats from the start of the memory to pixel (0, 0).
    var origin: Int { offset(of: (halo, halo)) }

    /// Floats from a pixel to the one so many rows and columns further.
    func offset(of distance: (rows: Int, columns: Int)) -> Int {
        distance.rows * rowStride + distance.columns * ChannelLayout.block
    }

    var description: String { "[\(channels), \(height), \(width)]" }
}
