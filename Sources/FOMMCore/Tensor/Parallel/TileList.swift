/// Tiles of 4x4 pixels of an image, counted along its rows: what a layer computes of its output, the rest of which stays
/// as it is. Each at most once. Borrowed memory that outlives the layer's call.
struct TileList {
    let indices: UnsafePointer<Int32>
    let count: Int

    /// Rows and columns of a tile.
    static let side = 4
}
