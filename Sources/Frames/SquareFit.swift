/// Crops the largest centred square from pictures of one size and resizes it: how any picture becomes the network's.
///
/// Scaling down is an exact area average (each output pixel is the mean of the input area it covers, edges by their
/// share); scaling up is bilinear between pixel centres, edges repeated. A picture that already has the side is copied
/// bit for bit. Tables and working memory are made once. One queue owns a value.
package final class SquareFit {
    package let input: FrameSize
    package let side: Int
    private let cropSide: Int
    private let cropX: Int
    private let cropY: Int
    private let taps: Taps
    /// One row of the square, averaged over the rows that the output row covers; interleaved RGB, 0...255, and one more
    /// element because the horizontal pass loads four at a time.
    private let row: UnsafeMutablePointer<Float>

    /// - Parameter side: width and height of the output, at least 1.
    package init(from input: FrameSize, side: Int) {
        precondition(side > 0, "square of side \(side)")
        self.input = input
        self.side = side
        cropSide = min(input.width, input.height)
        cropX = (input.width - cropSide) / 2
        cropY = (input.height - cropSide) / 2
        taps = Taps(from: cropSide, to: side)
        row = .allocate(capacity: 3 * cropSide + 1)
        row.initialize(repeating: 0, count: 3 * cropSide + 1)
    }

    deinit { row.deallocate() }

    /// - Parameters:
    ///   - pixels: a picture of the size given to `init`.
    ///   - output: `3 * side * side` bytes, all of them written: RGB, interleaved, top row first.
    package func callAsFunction(_ pixels: PixelBuffer, into output: UnsafeMutableRawBufferPointer) {
        precondition(pixels.size == input, "SquareFit from \(input): got \(pixels.size)")
        precondition(output.count == 3 * side * side, "SquareFit to \(side): memory of \(output.count) bytes")
        pixels.withBytes { bytes in
            let corner = bytes.bindMemory(to: UInt8.self).baseAddress! + 3 * (cropY * input.width + cropX)
            let target = output.bindMemory(to: UInt8.self).baseAddress!
            for y in 0..<side {
                let outputRow = target + 3 * side * y
                if cropSide == side {
                    outputRow.update(from: corner + 3 * input.width * y, count: 3 * side)
                } else {
                    averageRows(from: corner, taps.first[y], taps.weights(y))
                    averageColumns(into: outputRow)
                }
            }
        }
    }

    /// The same as a frame from `pool`, with the sequence number and time of `frame`.
    package func callAsFunction(_ frame: Frame, from pool: FramePool) -> Frame {
        pool.makeFrame(sequence: frame.sequence, captured: frame.captured) { self(frame.pixels, into: $0) }
    }

    private func averageRows(from corner: UnsafePointer<UInt8>, _ first: Int, _ weights: UnsafeBufferPointer<Float>) {
        let count = 3 * cropSide
        let stride = 3 * input.width
        var source = corner + stride * first
        for x in 0..<count { row[x] = weights[0] * Float(source[x]) }
        for weight in weights.dropFirst() {
            source += stride
            for x in 0..<count { row[x] += weight * Float(source[x]) }
        }
    }

    private func averageColumns(into output: UnsafeMutablePointer<UInt8>) {
        let rounding = SIMD4<Float>(repeating: 0.5)  // the sums are not negative: truncating then rounds to nearest
        for x in 0..<side {
            var sum = rounding
            var source = UnsafeRawPointer(row + 3 * taps.first[x])
            for weight in taps.weights(x) {
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

/// For each output element along one axis: the first input element it draws on, and the weights from there on.
private final class Taps {
    let first: UnsafeMutablePointer<Int>
    private let range: UnsafeMutablePointer<Range<Int>>
    private let allWeights: UnsafeMutablePointer<Float>

    init(from input: Int, to output: Int) {
        first = .allocate(capacity: output)
        range = .allocate(capacity: output)
        var weights: [Float] = []
        for index in 0..<output {
            let (start, own) =
                input > output
                ? Self.area(index, from: input, to: output) : Self.bilinear(index, from: input, to: output)
            (first + index).initialize(to: start)
            (range + index).initialize(to: weights.count..<(weights.count + own.count))
            weights += own.map(Float.init)
        }
        allWeights = .allocate(capacity: weights.count)
        allWeights.initialize(from: weights, count: weights.count)
    }

    deinit {
        first.deallocate()
        range.deallocate()
        allWeights.deallocate()
    }

    func weights(_ index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: allWeights + range[index].lowerBound, count: range[index].count)
    }

    /// In units of `1 / output` input elements, where all edges are whole numbers: output element `index` covers
    /// `index * input` up to `(index + 1) * input`, input element `i` covers `i * output` up to `(i + 1) * output`.
    private static func area(_ index: Int, from input: Int, to output: Int) -> (Int, [Double]) {
        let (lower, upper) = (index * input, (index + 1) * input)
        let elements = (lower / output)...((upper - 1) / output)
        let weights = elements.map { element in
            Double(min(upper, (element + 1) * output) - max(lower, element * output)) / Double(input)
        }
        return (elements.lowerBound, weights)
    }

    private static func bilinear(_ index: Int, from input: Int, to output: Int) -> (Int, [Double]) {
        let centre = (Double(index) + 0.5) * Double(input) / Double(output) - 0.5
        let clamped = min(max(centre, 0), Double(input - 1))
        let start = Int(clamped)
        let fraction = clamped - Double(start)
        return fraction == 0 ? (start, [1]) : (start, [1 - fraction, fraction])
    }
}
