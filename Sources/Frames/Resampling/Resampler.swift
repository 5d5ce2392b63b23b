/// Resizes a rectangle of a picture.
///
/// Scaling down is an exact area average (each output pixel is the mean of the input area it covers, edges by their
/// share); scaling up is bilinear between pixel centres, edges repeated. A rectangle that already has the output's size
/// is copied bit for bit. Tables and working memory are made when the rectangle's size changes, not for every picture.
/// One queue owns a value.
final class Resampler {
    /// Of what is written.
    let output: FrameSize
    private var (firstColumn, firstRow): (Int, Int)
    private var columns: ResamplingWeights
    private var rows: ResamplingWeights
    /// One row of the rectangle, averaged over the rows that the output row covers; interleaved RGB, 0...255, and one more
    /// element because the horizontal pass loads four at a time.
    private var row: UnsafeMutableBufferPointer<Float>

    /// - Parameters: which rectangle, and the size that it gets.
    init(columns: SourceInterval, rows: SourceInterval, to output: FrameSize) {
        self.output = output
        (firstColumn, firstRow) = (columns.firstPixel, rows.firstPixel)
        let isSquare = columns.subpixels == rows.subpixels && output.width == output.height
        self.columns = ResamplingWeights(of: columns.subpixels, to: output.width)
        self.rows = isSquare ? self.columns : ResamplingWeights(of: rows.subpixels, to: output.height)
        row = Self.rowMemory(columns.subpixels)
    }

    deinit { row.deallocate() }

    /// Another rectangle from now on. Allocates nothing where it has the size of the one before.
    func look(at columns: SourceInterval, _ rows: SourceInterval) {
        (firstColumn, firstRow) = (columns.firstPixel, rows.firstPixel)
        if self.columns.source != columns.subpixels {
            self.columns = ResamplingWeights(of: columns.subpixels, to: output.width)
        }
        if self.rows.source != rows.subpixels {
            let isSquare = columns.subpixels == rows.subpixels && output.width == output.height
            self.rows = isSquare ? self.columns : ResamplingWeights(of: rows.subpixels, to: output.height)
        }
        guard row.count < Self.rowLength(columns.subpixels) else { return }
        row.deallocate()
        row = Self.rowMemory(columns.subpixels)
    }

    /// - Parameters:
    ///   - pixels: has the rectangle in it.
    ///   - target: receives the output, RGB, interleaved, top row first.
    ///   - rowBytes: from one row of it to the next; `nil` where they are contiguous.
    func callAsFunction(
        _ pixels: PixelBuffer, into target: UnsafeMutableRawBufferPointer, rowBytes: Int? = nil
    ) {
        let stride = rowBytes ?? 3 * output.width
        precondition(
            stride >= 3 * output.width && target.count >= stride * (output.height - 1) + 3 * output.width,
            "\(output) into \(target.count) bytes")
        let width = pixels.size.width
        let isCopy = columns.source.isWhole(output.width) && rows.source.isWhole(output.height)
        pixels.withBytes { bytes in
            let corner = bytes.bindMemory(to: UInt8.self).baseAddress! + 3 * (firstRow * width + firstColumn)
            let first = target.bindMemory(to: UInt8.self).baseAddress!
            for y in 0..<output.height {
                let outputRow = first + stride * y
                if isCopy {
                    outputRow.update(from: corner + 3 * width * y, count: 3 * output.width)
                } else {
                    averageRows(from: corner, stride: 3 * width, rows.first[y], rows.weights(y))
                    averageColumns(into: outputRow)
                }
            }
        }
    }

    private static func rowLength(_ columns: SubpixelInterval) -> Int { 3 * columns.pixelCount + 1 }

    private static func rowMemory(_ columns: SubpixelInterval) -> UnsafeMutableBufferPointer<Float> {
        let row = UnsafeMutableBufferPointer<Float>.allocate(capacity: rowLength(columns))
        row.initialize(repeating: 0)
        return row
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
        for x in 0..<self.output.width {
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
