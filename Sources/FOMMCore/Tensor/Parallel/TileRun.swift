/// Tiles of 4x4 pixels that lie next to one another in a row of tiles. Row and columns count tiles.
struct TileRun {
    let row: Int32
    let firstColumn: Int32
    let columns: Int32
}
