import FOMMCore
import Frames

/// What a generator does to an avatar's colours where nothing moves: it is taken back from every picture, so that a wall keeps
/// its colour. It goes with the avatar: what a deformation brings to another place brings its correction along. Belongs to
/// one queue; allocates once.
final class ColourDrift {
    /// Rows and columns of the grid of cells.
    private let cells: Int
    /// To be added, in levels: `[cells, cells, 3]`, over the avatar.
    private let change: [Float]
    /// The same over the picture that is corrected.
    private var moved: [Float]
    /// That in sixteenths of a level, with as many columns as the picture: `[cells, side, 3]`.
    private var wide: [Int16]
    /// Between which cells every column is, and every row.
    private let places: [(cell: Int, share: Float)]

    /// Levels; more is no drift.
    private static let most: Float = 48
    /// Cells on either side that a cell's change is averaged over, and the levels of colour by which one counts as another
    /// thing's.
    private static let (radius, similar) = (5, Float(10))

    /// - Parameters:
    ///   - picture: the avatar.
    ///   - painted: what the generator makes of it with its own keypoints. Squares of the same size.
    ///   - cells: rows and columns of the deformations to come.
    init(of picture: PixelBuffer, paintedAs painted: PixelBuffer, cells: Int) {
        precondition(picture.size == painted.size, "\(picture.size), painted as \(painted.size)")
        let side = picture.size.width
        self.cells = cells
        places = (0..<side).map { index in
            let place = (Float(index) + 0.5) / Float(side) * Float(cells) - 0.5
            let cell = max(0, min(cells - 2, Int(place.rounded(.down))))
            return (cell, min(1, max(0, place - Float(cell))))
        }
        let (colours, differences) = Self.means(picture, painted, side: side, cells: cells)
        change = Self.averaged(differences, over: colours, cells: cells)
        moved = change
        wide = [Int16](repeating: 0, count: 3 * cells * side)
        widen()
    }

    /// - Parameters:
    ///   - pixels: a picture of the avatar, of the same size; interleaved 8-bit RGB.
    ///   - motion: that it was made with; `nil` where nothing moved.
    func undo(in pixels: UnsafeMutableRawBufferPointer, after motion: DenseMotion?) {
        precondition(pixels.count == 3 * places.count * places.count, "\(pixels.count) bytes")
        if let motion {
            move(by: motion)
            widen()
        }
        let (bytes, width) = (pixels.bindMemory(to: UInt8.self), 3 * places.count)
        wide.withUnsafeBufferPointer { wide in
            for (y, row) in places.enumerated() {
                let share = Int32(row.share * 256)
                let (upper, line) = (width * row.cell, width * y)
                // In 4096ths of a level: compiled to vectors.
                for index in 0..<width {
                    let (above, below) = (Int32(wide[upper &+ index]), Int32(wide[upper &+ width &+ index]))
                    let added = above << 8 &+ share &* (below &- above)
                    let level = (Int32(bytes[line &+ index]) << 12 &+ added &+ 2048) >> 12
                    bytes[line &+ index] = UInt8(truncatingIfNeeded: max(0, min(255, level)))
                }
            }
        }
    }

    private func widen() {
        moved.withUnsafeBufferPointer { moved in
            wide.withUnsafeMutableBufferPointer { wide in
                var at = 0
                for row in 0..<cells {
                    for column in places {
                        let left = 3 * (cells * row + column.cell)
                        for channel in 0..<3 {
                            let value = moved[left + channel]
                            let between = value + column.share * (moved[left + 3 + channel] - value)
                            wide[at] = Int16(between * 16)
                            at += 1
                        }
                    }
                }
            }
        }
    }

    /// As the picture itself was.
    private func move(by motion: DenseMotion) {
        precondition(motion.size == cells, "a motion of \(motion.size), not \(cells)")
        change.withUnsafeBufferPointer { change in
            moved.withUnsafeMutableBufferPointer { moved in
                for cell in 0..<cells * cells {
                    let source = motion.source(of: cell)
                    let (x, y) = (index(source.x), index(source.y))
                    let (left, top) = (min(cells - 2, Int(x)), min(cells - 2, Int(y)))
                    let (right, below) = (x - Float(left), y - Float(top))
                    let start = 3 * (cells * top + left)
                    for channel in 0..<3 {
                        let at = start + channel
                        let upper = change[at] + right * (change[at + 3] - change[at])
                        let lower = change[at + 3 * cells]
                        let lowerMean = lower + right * (change[at + 3 * cells + 3] - lower)
                        moved[3 * cell + channel] = upper + below * (lowerMean - upper)
                    }
                }
            }
        }
    }

    /// Of a coordinate in -1...1.
    private func index(_ coordinate: Float) -> Float {
        guard coordinate.isFinite else { return 0 }
        return max(0, min(Float(cells - 1), (coordinate + 1) / 2 * Float(cells - 1)))
    }

    /// Among neighbours of about the same colour: what is one thing gets one change, and an edge stays where it is.
    private static func averaged(_ differences: [Float], over colours: [Float], cells: Int) -> [Float] {
        var change = [Float](repeating: 0, count: 3 * cells * cells)
        for y in 0..<cells {
            for x in 0..<cells {
                let own = 3 * (cells * y + x)
                var (sum, weights) = (SIMD3<Float>(), Float(0))
                for row in max(0, y - radius)...min(cells - 1, y + radius) {
                    for column in max(0, x - radius)...min(cells - 1, x + radius) {
                        let other = 3 * (cells * row + column)
                        var distance: Float = 0
                        for channel in 0..<3 {
                            let unlike = colours[own + channel] - colours[other + channel]
                            distance += unlike * unlike
                        }
                        // 1 for the same colour, 1/2 for one that is just another, next to nothing soon after.
                        let ratio = distance / (similar * similar)
                        let weight = 1 / (1 + ratio * ratio)
                        sum += weight * SIMD3(differences[other], differences[other + 1], differences[other + 2])
                        weights += weight
                    }
                }
                let mean = (sum / weights).clamped(
                    lowerBound: .init(repeating: -most), upperBound: .init(repeating: most))
                for channel in 0..<3 { change[own + channel] = mean[channel] }
            }
        }
        return change
    }

    /// Of the picture, and of what is missing in what was painted, by cell and channel.
    private static func means(
        _ picture: PixelBuffer, _ painted: PixelBuffer, side: Int, cells: Int
    ) -> (colours: [Float], differences: [Float]) {
        var (colours, differences) = (
            [Int](repeating: 0, count: 3 * cells * cells), [Int](repeating: 0, count: 3 * cells * cells)
        )
        var counts = [Int](repeating: 0, count: cells * cells)
        picture.withBytes { wanted in
            painted.withBytes { got in
                for y in 0..<side {
                    for x in 0..<side {
                        let (cell, pixel) = (y * cells / side * cells + x * cells / side, 3 * (y * side + x))
                        counts[cell] += 1
                        for channel in 0..<3 {
                            let level = Int(wanted[pixel + channel])
                            colours[3 * cell + channel] += level
                            differences[3 * cell + channel] += level - Int(got[pixel + channel])
                        }
                    }
                }
            }
        }
        func mean(_ sums: [Int]) -> [Float] { sums.indices.map { Float(sums[$0]) / Float(max(1, counts[$0 / 3])) } }
        return (mean(colours), mean(differences))
    }
}
