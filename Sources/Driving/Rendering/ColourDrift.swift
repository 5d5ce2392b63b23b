import Frames

/// What a generator does to an avatar's colours where nothing moves, as far as it is the same over an eighth of the
/// picture: it is taken back from every picture, so that a wall keeps its colour. Allocates once.
struct ColourDrift: Sendable {
    /// To be added to every byte of a picture.
    private let change: [Int8]

    /// Cells of the grid along a side, between whose middles the change goes over linearly.
    private static let cells = 8
    /// Levels; more is no drift.
    private static let most = 8.0

    /// - Parameters:
    ///   - picture: the avatar.
    ///   - painted: what the generator makes of it with its own keypoints. Squares of the same size.
    init(of picture: PixelBuffer, paintedAs painted: PixelBuffer) {
        precondition(picture.size == painted.size, "\(picture.size), painted as \(painted.size)")
        let side = picture.size.width
        let means = Self.means(picture, painted, side: side)
        // Where between two middles every column is, and every row.
        let places = (0..<side).map { index -> (cell: Int, share: Double) in
            let place = (Double(index) + 0.5) / Double(side) * Double(Self.cells) - 0.5
            let cell = max(0, min(Self.cells - 2, Int(place.rounded(.down))))
            return (cell, min(1, max(0, place - Double(cell))))
        }
        change = [Int8](unsafeUninitializedCapacity: 3 * side * side) { change, count in
            for y in 0..<side {
                for x in 0..<side {
                    let (row, column) = (places[y], places[x])
                    for channel in 0..<3 {
                        func mean(_ down: Int, _ right: Int) -> Double {
                            means[3 * ((row.cell + down) * Self.cells + column.cell + right) + channel]
                        }
                        let upper = mean(0, 0) + column.share * (mean(0, 1) - mean(0, 0))
                        let lower = mean(1, 0) + column.share * (mean(1, 1) - mean(1, 0))
                        let value = max(-Self.most, min(Self.most, upper + row.share * (lower - upper)))
                        change[3 * (y * side + x) + channel] = Int8(value.rounded())
                    }
                }
            }
            count = 3 * side * side
        }
    }

    /// - Parameter pixels: a picture of the avatar, of the same size; interleaved 8-bit RGB.
    func undo(in pixels: UnsafeMutableRawBufferPointer) {
        precondition(pixels.count == change.count, "\(pixels.count) bytes, expected \(change.count)")
        let bytes = pixels.bindMemory(to: UInt8.self)
        change.withUnsafeBufferPointer { change in
            for index in 0..<change.count {
                let level = Int16(bytes[index]) + Int16(change[index])
                bytes[index] = UInt8(max(0, min(255, level)))
            }
        }
    }

    /// Of the difference, by cell and channel.
    private static func means(_ picture: PixelBuffer, _ painted: PixelBuffer, side: Int) -> [Double] {
        var (sums, counts) = ([Int](repeating: 0, count: 3 * cells * cells), [Int](repeating: 0, count: cells * cells))
        picture.withBytes { wanted in
            painted.withBytes { got in
                for y in 0..<side {
                    for x in 0..<side {
                        let (cell, pixel) = (y * cells / side * cells + x * cells / side, 3 * (y * side + x))
                        counts[cell] += 1
                        for channel in 0..<3 {
                            sums[3 * cell + channel] += Int(wanted[pixel + channel]) - Int(got[pixel + channel])
                        }
                    }
                }
            }
        }
        return sums.indices.map { Double(sums[$0]) / Double(max(1, counts[$0 / 3])) }
    }
}
