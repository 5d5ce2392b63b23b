/// Which tiles of a picture have to be computed anew, in every layer from the warped avatar to the picture. Belongs to one
/// queue; its memory is made once.
///
/// A convolution passes a change on to pixels next to it, so each layer has more tiles than the one before. Exactly: the
/// k-th convolution of the bottleneck has a changed pixel's k neighbours on each side, an upsampling block doubles what
/// there is and adds one pixel, the final convolution three.
final class ChangedTiles {
    /// Tiles in a row, and rows, of the warped avatar.
    private let side: Int
    /// `[distance]`: tiles at most that many tiles from one that changed, which is the first.
    private var grown: [TileMask]
    /// Output of each upsampling block.
    private var decoding: [TileMask]
    private var picture: TileMask
    /// How far the bottleneck is followed, in tiles.
    private var reach = 0
    private let runMemory: UnsafeMutableBufferPointer<TileRun>
    private var runCount = 0

    /// - Parameter generator: layers of `plan`, all of which take tiles.
    init(_ generator: Generator, _ plan: PicturePlan) {
        side = plan.encodedShape.height / TileList.side
        let (side, levels) = (side, generator.up.count)
        let distance = Self.tiles(ofPixels: generator.bottleneckReach)
        grown = (0...distance).map { _ in TileMask(side: side) }
        decoding = (1...levels).map { TileMask(side: side << $0) }
        picture = TileMask(side: side << levels)
        runMemory = .allocate(capacity: (side << levels) * ((side << levels) + 1) / 2)
    }

    deinit {
        for mask in grown + decoding + [picture] { mask.deallocate() }
        runMemory.deallocate()
    }

    /// - Parameters:
    ///   - changes: of every tile of the warped avatar, see `tile_changes`.
    ///   - magnitudes: likewise.
    ///   - mean: of the magnitudes, in the avatar as it was encoded.
    func choose(
        _ changes: UnsafePointer<Float>, _ magnitudes: UnsafePointer<Float>, mean: Float, by rule: ChangeRule
    ) {
        reach = min(rule.reach ?? grown.count - 1, grown.count - 1)
        for tile in 0..<side * side {
            let limit = rule.threshold * (mean * min(magnitudes[tile], mean)).squareRoot()
            grown[0].bits[tile] = changes[tile] > limit
        }
        if reach < grown.count - 1 { addFaintTiles(magnitudes, below: Self.faint * mean) }
        follow()
    }

    /// Where there is next to nothing of the avatar the network makes a picture up from what it sees around.
    private func addFaintTiles(_ magnitudes: UnsafePointer<Float>, below limit: Float) {
        for distance in 1..<grown.count { grown[distance].grow(grown[distance - 1]) }
        let around = grown[grown.count - 1]
        for tile in 0..<side * side where magnitudes[tile] < limit && around.bits[tile] { grown[0].bits[tile] = true }
    }

    /// Of the magnitude that tiles have on average.
    private static let faint: Float = 0.25

    func chooseAll() {
        reach = 0
        for tile in 0..<side * side { grown[0].bits[tile] = true }
        follow()
    }

    /// From the changed tiles to those of all layers.
    private func follow() {
        grown[0].collect()
        for distance in stride(from: 1, through: reach, by: 1) {
            grown[distance].grow(grown[distance - 1])
            grown[distance].collect()
        }
        for level in decoding.indices {
            decoding[level].double(level == 0 ? grown[reach] : decoding[level - 1])
            decoding[level].collect()
        }
        picture.grow(decoding[decoding.count - 1])
        runCount = picture.collectRuns(into: runMemory)
    }

    /// Of the warped avatar.
    var changed: TileList { grown[0].list }

    /// What convolutions of the bottleneck make different within `pixels` of a change.
    func around(pixels: Int) -> TileList { grown[min(Self.tiles(ofPixels: pixels), reach)].list }

    /// Of the bottleneck's output. All of its blocks compute these: the sum is made in one place, where tiles that come
    /// later would find what the blocks before them had not yet been added to.
    var decoded: TileList { grown[reach].list }

    /// Of the output of the upsampling block `index`.
    func upsampled(_ index: Int) -> TileList { decoding[index].list }

    /// Of the picture.
    var runs: TileRuns { TileRuns(rebasing: runMemory[..<runCount]) }

    /// Tiles of the bottleneck's output that are computed, of all, 0...1; of the picture they are a few more.
    var share: Double { Double(decoded.count) / Double(side * side) }

    private static func tiles(ofPixels pixels: Int) -> Int { (pixels + TileList.side - 1) / TileList.side }
}

/// A subset of the tiles of a square image, and the list of them.
private struct TileMask {
    let side: Int
    let bits: UnsafeMutablePointer<Bool>
    private let indices: UnsafeMutablePointer<Int32>
    private var count = 0

    init(side: Int) {
        self.side = side
        bits = .allocate(capacity: side * side)
        bits.initialize(repeating: false, count: side * side)
        indices = .allocate(capacity: side * side)
    }

    func deallocate() {
        bits.deallocate()
        indices.deallocate()
    }

    var list: TileList { TileList(indices: indices, count: count) }

    /// Writes the list.
    mutating func collect() {
        count = 0
        for tile in 0..<side * side where bits[tile] {
            indices[count] = Int32(tile)
            count += 1
        }
    }

    /// - Returns: how many runs there are.
    func collectRuns(into runs: UnsafeMutableBufferPointer<TileRun>) -> Int {
        var count = 0
        for row in 0..<side {
            var column = 0
            while column < side {
                let first = column
                while column < side, bits[row * side + column] { column += 1 }
                if column > first {
                    runs[count] = TileRun(
                        row: Int32(row), firstColumn: Int32(first), columns: Int32(column - first))
                    count += 1
                } else {
                    column += 1
                }
            }
        }
        return count
    }

    /// The tiles of `other`, which has as many, and those next to them.
    func grow(_ other: TileMask) { spread(other, halving: 0) }

    /// Where the tiles of `other`, which has a quarter as many, lie after upsampling by 2, and those next to them.
    func double(_ other: TileMask) { spread(other, halving: 1) }

    private func spread(_ other: TileMask, halving: Int) {
        let last = side - 1
        for row in 0..<side {
            let rows = max(row - 1, 0) >> halving...min(row + 1, last) >> halving
            for column in 0..<side {
                let columns = max(column - 1, 0) >> halving...min(column + 1, last) >> halving
                bits[row * side + column] = rows.contains { y in
                    columns.contains { x in other.bits[y * other.side + x] }
                }
            }
        }
    }
}
