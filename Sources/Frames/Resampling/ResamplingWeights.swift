/// For each output element along one axis: the first input element it draws on, and the weights from there on. Input
/// elements count from the interval's first.
final class ResamplingWeights {
    let source: SubpixelInterval
    let first: UnsafeMutablePointer<Int>
    private let range: UnsafeMutablePointer<Range<Int>>
    private let allWeights: UnsafeMutablePointer<Float>

    init(of source: SubpixelInterval, to output: Int) {
        self.source = source
        first = .allocate(capacity: output)
        range = .allocate(capacity: output)
        var weights: [Float] = []
        for index in 0..<output {
            let (start, own) =
                source.length > output * source.unitsPerPixel
                ? Self.area(index, of: source, to: output) : Self.bilinear(index, of: source, to: output)
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

    /// In units of which an input element has `output * unitsPerPixel`, where all edges are whole numbers: output element `index`
    /// covers `length` of them.
    private static func area(_ index: Int, of source: SubpixelInterval, to output: Int) -> (Int, [Double]) {
        let (length, element) = (source.length, output * source.unitsPerPixel)
        let lower = source.phase * output + index * length
        let upper = lower + length
        let elements = (lower / element)...((upper - 1) / element)
        let weights = elements.map { index in
            Double(min(upper, (index + 1) * element) - max(lower, index * element)) / Double(length)
        }
        return (elements.lowerBound, weights)
    }

    private static func bilinear(_ index: Int, of source: SubpixelInterval, to output: Int) -> (Int, [Double]) {
        let unit = Double(source.unitsPerPixel)
        let place = (Double(index) + 0.5) * (Double(source.length) / unit) / Double(output)
        let centre = place + Double(source.phase) / unit - 0.5
        let clamped = min(max(centre, 0), Double(source.pixelCount - 1))
        let start = Int(clamped)
        let fraction = clamped - Double(start)
        return fraction == 0 ? (start, [1]) : (start, [1 - fraction, fraction])
    }
}
