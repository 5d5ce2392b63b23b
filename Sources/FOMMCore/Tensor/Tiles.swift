/// Tiles of 4x4 pixels of an image, counted along its rows: what a layer computes of its output, the rest of which stays
/// as it is. Each at most once. Borrowed memory that outlives the layer's call.
struct TileList {
    let indices: UnsafePointer<Int32>
    let count: Int

    /// Rows and columns of a tile.
    static let side = 4
}

/// Tiles of 4x4 pixels that lie next to one another in a row of tiles. Row and columns count tiles.
struct TileRun {
    let row: Int32
    let firstColumn: Int32
    let columns: Int32

    /// Those of its pixels that are inside a picture of `height` x `width`.
    func pixels(height: Int, width: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (side, top, left) = (TileList.side, Int(row) * TileList.side, Int(firstColumn) * TileList.side)
        return (top..<min(top + side, height), left..<min(left + Int(columns) * side, width))
    }
}

/// What a layer that works along lines computes of its output; see ``TileList``.
typealias TileRuns = UnsafeBufferPointer<TileRun>
