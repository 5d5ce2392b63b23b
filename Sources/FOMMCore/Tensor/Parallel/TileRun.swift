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
