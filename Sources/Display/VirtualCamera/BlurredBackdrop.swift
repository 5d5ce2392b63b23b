import Frames

/// Surrounds a picture with itself: scaled up to cover the camera's picture, blurred and dimmed.
///
/// Its centred square becomes 16x16 cells, each the mean of its area, and those become pixels again by a quadratic B-spline:
/// that is the blur, and it costs three taps however far it reaches. Tables and working memory are made once. One queue
/// owns a value.
final class BlurredBackdrop {
    private let place: FramePlace
    private let size: FrameSize
    private let fit: SquareFit
    private let columns: SplineTaps
    private let rows: SplineTaps
    private let cells: UnsafeMutableRawBufferPointer
    /// The cells with a repeated edge all around, dimmed, as R, G, B and nothing.
    private let grid: UnsafeMutablePointer<SIMD4<Float>>
    /// One row of the grid, as it is in the middle of the row of pixels that is being drawn.
    private let line: UnsafeMutablePointer<SIMD4<Float>>

    private static let side = 16
    private static let paddedSide = side + 2
    /// The avatar stays the brightest thing in the picture.
    private static let brightness: Float = 0.55

    /// - Parameters:
    ///   - picture: size of every picture that will be drawn.
    ///   - place: where it lies.
    ///   - size: of the camera's picture.
    init(around place: FramePlace, in size: FrameSize, from picture: FrameSize) {
        self.place = place
        self.size = size
        fit = SquareFit(from: picture, side: Self.side)
        let cover = max(size.width, size.height)
        columns = SplineTaps(size.width, coveredBy: cover, cells: Self.side)
        rows = SplineTaps(size.height, coveredBy: cover, cells: Self.side)
        cells = .allocate(byteCount: 3 * Self.side * Self.side, alignment: 16)
        grid = .allocate(capacity: Self.paddedSide * Self.paddedSide)
        grid.initialize(repeating: .zero, count: Self.paddedSide * Self.paddedSide)
        line = .allocate(capacity: Self.paddedSide)
        line.initialize(repeating: .zero, count: Self.paddedSide)
    }

    deinit {
        cells.deallocate()
        grid.deallocate()
        line.deallocate()
    }

    /// Draws every pixel outside the picture's place.
    ///
    /// - Parameter canvas: interleaved RGB of the camera's picture.
    func draw(_ picture: PixelBuffer, around canvas: UnsafeMutablePointer<UInt8>) {
        fit(picture, into: cells)
        fillGrid()
        for row in 0..<size.height {
            let (left, right) = place.freeColumns(inRow: row, of: size.width)
            guard !left.isEmpty || !right.isEmpty else { continue }
            interpolateLine(row)
            let pixels = canvas + 3 * size.width * row
            drawColumns(left, pixels)
            drawColumns(right, pixels)
        }
    }

    private func fillGrid() {
        let last = Self.side - 1
        for y in 0..<Self.paddedSide {
            for x in 0..<Self.paddedSide {
                let cell = 3 * (Self.side * min(max(y - 1, 0), last) + min(max(x - 1, 0), last))
                grid[Self.paddedSide * y + x] =
                    Self.brightness * SIMD4(Float(cells[cell]), Float(cells[cell + 1]), Float(cells[cell + 2]), 0)
            }
        }
    }

    private func interpolateLine(_ row: Int) {
        let source = grid + Self.paddedSide * rows.first[row]
        let weights = rows.weights[row]
        for x in 0..<Self.paddedSide {
            line[x] =
                weights[0] * source[x] + weights[1] * source[Self.paddedSide + x]
                + weights[2] * source[2 * Self.paddedSide + x]
        }
    }

    private func drawColumns(_ range: Range<Int>, _ pixels: UnsafeMutablePointer<UInt8>) {
        let rounding = SIMD4<Float>(repeating: 0.5)
        for x in range {
            let source = line + columns.first[x]
            let weights = columns.weights[x]
            let value = weights[0] * source[0] + weights[1] * source[1] + weights[2] * source[2] + rounding
            pixels[3 * x] = UInt8(value[0])
            pixels[3 * x + 1] = UInt8(value[1])
            pixels[3 * x + 2] = UInt8(value[2])
        }
    }
}

/// For each pixel along one axis: the first of the three padded cells it is made of, and their weights.
private final class SplineTaps {
    let first: UnsafeMutablePointer<Int>
    let weights: UnsafeMutablePointer<SIMD3<Float>>

    /// - Parameters:
    ///   - count: pixels along this axis.
    ///   - cover: pixels of the square that all cells make, of which `count` in the middle are visible.
    init(_ count: Int, coveredBy cover: Int, cells: Int) {
        first = .allocate(capacity: count)
        weights = .allocate(capacity: count)
        let start = Double(cover - count) / 2
        for index in 0..<count {
            let place = (start + Double(index) + 0.5) * Double(cells) / Double(cover)
            let cell = min(Int(place), cells - 1)
            let distance = place - Double(cell) - 0.5  // from the cell's middle, -0.5...0.5
            let (before, after) = (0.5 - distance, 0.5 + distance)
            // Cell `cell` is padded cell `cell + 1`: the first tap is the one before it.
            (first + index).initialize(to: cell)
            (weights + index).initialize(
                to: SIMD3(
                    Float(before * before / 2), Float(0.75 - distance * distance), Float(after * after / 2)))
        }
    }

    deinit {
        first.deallocate()
        weights.deallocate()
    }
}
