/// Cuts a square out of pictures of one source and resizes it: how any picture becomes the network's.
///
/// Scaling down is an exact area average (each output pixel is the mean of the input area it covers, edges by their
/// share); scaling up is bilinear between pixel centres, edges repeated. A square that already has the side is copied
/// bit for bit. Frames may show a part of the source's picture or fewer pixels of it, and each something else: what lies
/// between two pixels is cut there. Tables and working memory are made when the square's side or what frames show
/// changes, not for every frame. One queue owns a value.
package final class SquareFit {
    /// Of the source's whole pictures.
    package let input: FrameSize
    /// Of the output, in both directions.
    package let side: Int
    /// What is cut out, in the source's pixels.
    package private(set) var square: FrameSquare
    private var geometry: CropGeometry
    private var columns: ResamplingWeights
    private var rows: ResamplingWeights
    /// One row of the square, averaged over the rows that the output row covers; interleaved RGB, 0...255, and one more
    /// element because the horizontal pass loads four at a time.
    private var row: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - side: width and height of the output, at least 1.
    ///   - square: inside `input`; by default the largest one in the middle.
    package init(from input: FrameSize, side: Int, square: FrameSquare? = nil) {
        precondition(side > 0, "square of side \(side)")
        let square = square ?? .centred(in: input)
        precondition(square.isInside(input), "square \(square) of \(input)")
        self.input = input
        self.side = side
        self.square = square
        geometry = CropGeometry(square, of: FramePart(of: input), pixels: input)
        columns = ResamplingWeights(of: geometry.columns.subpixels, to: side)
        rows =
            geometry.rows.subpixels == geometry.columns.subpixels
            ? columns : ResamplingWeights(of: geometry.rows.subpixels, to: side)
        row = Self.rowMemory(geometry)
    }

    deinit { row.deallocate() }

    /// Cuts out another square from now on. Allocates nothing where the side stays.
    ///
    /// - Parameter square: inside ``input``.
    package func move(to square: FrameSquare) {
        precondition(square.isInside(input), "square \(square) of \(input)")
        self.square = square
        arrange(geometry.part, geometry.pixels)
    }

    /// - Parameters:
    ///   - pixels: a whole picture of the size given to `init`.
    ///   - output: `3 * side * side` bytes, all of them written: RGB, interleaved, top row first.
    package func callAsFunction(_ pixels: PixelBuffer, into output: UnsafeMutableRawBufferPointer) {
        precondition(pixels.size == input, "SquareFit from \(input): got \(pixels.size)")
        arrange(FramePart(of: input), input)
        fit(pixels, into: output)
    }

    /// The same as a frame from `pool`, with the sequence number and time of `frame`, and ``square`` as what it shows.
    ///
    /// - Parameter frame: whatever part of a picture of the size given to `init`; where the square is not all in it, the
    ///   nearest one that is.
    package func callAsFunction(_ frame: Frame, from pool: FramePool) -> Frame {
        precondition(frame.sourceSize == input, "SquareFit from \(input): got \(frame.sourceSize)")
        arrange(frame.part, frame.size)
        let part = FramePart(geometry.square, of: input)
        return pool.makeFrame(sequence: frame.sequence, captured: frame.captured, part: part) {
            fit(frame.pixels, into: $0)
        }
    }

    private func arrange(_ part: FramePart, _ pixels: FrameSize) {
        let next = CropGeometry(square, of: part, pixels: pixels)
        guard next != geometry else { return }
        geometry = next
        if columns.source != next.columns.subpixels {
            columns = ResamplingWeights(of: next.columns.subpixels, to: side)
        }
        if rows.source != next.rows.subpixels {
            rows =
                next.rows.subpixels == next.columns.subpixels
                ? columns : ResamplingWeights(of: next.rows.subpixels, to: side)
        }
        guard row.count < Self.rowLength(next) else { return }
        row.deallocate()
        row = Self.rowMemory(next)
    }

    private static func rowLength(_ geometry: CropGeometry) -> Int { 3 * geometry.columns.subpixels.pixelCount + 1 }

    private static func rowMemory(_ geometry: CropGeometry) -> UnsafeMutableBufferPointer<Float> {
        let row = UnsafeMutableBufferPointer<Float>.allocate(capacity: rowLength(geometry))
        row.initialize(repeating: 0)
        return row
    }

    private func fit(_ pixels: PixelBuffer, into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count == 3 * side * side, "SquareFit to \(side): memory of \(output.count) bytes")
        let width = pixels.size.width
        let isCopy = columns.source.isWhole(side) && rows.source.isWhole(side)
        pixels.withBytes { bytes in
            let start = 3 * (geometry.rows.firstPixel * width + geometry.columns.firstPixel)
            let corner = bytes.bindMemory(to: UInt8.self).baseAddress! + start
            let target = output.bindMemory(to: UInt8.self).baseAddress!
            for y in 0..<side {
                let outputRow = target + 3 * side * y
                if isCopy {
                    outputRow.update(from: corner + 3 * width * y, count: 3 * side)
                } else {
                    averageRows(from: corner, stride: 3 * width, rows.first[y], rows.weights(y))
                    averageColumns(into: outputRow)
                }
            }
        }
    }

    private func averageRows(
        from corner: UnsafePointer<UInt8>, stride: Int, _ first: Int, _ weights: UnsafeBufferPointer<Float>
    ) {
        let row = row.baseAddress!
        let count = 3 * columns.source.pixelCount
        var source = corner + stride * first
        for x in 0..<count { row[x] = weights[0] * Float(source[x]) }
        for weight in weights.dropFirst() {
            source += stride
            for x in 0..<count { row[x] += weight * Float(source[x]) }
        }
    }

    private func averageColumns(into output: UnsafeMutablePointer<UInt8>) {
        let row = row.baseAddress!
        let rounding = SIMD4<Float>(repeating: 0.5)  // the sums are not negative: truncating then rounds to nearest
        for x in 0..<side {
            var sum = rounding
            var source = UnsafeRawPointer(row + 3 * columns.first[x])
            for weight in columns.weights(x) {
                sum += weight * source.loadUnaligned(as: SIMD4<Float>.self)
                source += 3 * MemoryLayout<Float>.stride
            }
            // Weights sum to 1 up to Float's rounding, so 255 cannot become 256.
            output[3 * x] = UInt8(sum[0])
            output[3 * x + 1] = UInt8(sum[1])
            output[3 * x + 2] = UInt8(sum[2])
        }
    }
}

/// Where a square of the source's picture lies among a frame's pixels.
private struct CropGeometry: Equatable {
    let part: FramePart
    let pixels: FrameSize
    /// What of the wanted square the frame shows.
    let square: FrameSquare
    let columns: SourceInterval
    let rows: SourceInterval

    init(_ wanted: FrameSquare, of part: FramePart, pixels: FrameSize) {
        self.part = part
        self.pixels = pixels
        square = part.square.map(wanted.clamped) ?? wanted
        let origin = part.square.map { ($0.x, $0.y) } ?? (0, 0)
        let shown = part.square.map { FrameSize(square: $0.side) } ?? part.sourceSize
        columns = SourceInterval(from: square.x - origin.0, length: square.side, shown: shown.width, as: pixels.width)
        rows = SourceInterval(from: square.y - origin.1, length: square.side, shown: shown.height, as: pixels.height)
    }
}
