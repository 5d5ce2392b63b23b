/// For each output element along one axis: the first input element it draws on, and the weights from there on. Input
/// elements count from the stretch's first.
final class Taps {
    let extent: Stretch.Extent
    package let first: UnsafeMutablePointer<Int>
    private let range: UnsafeMutablePointer<Range<Int>>
    private let allWeights: UnsafeMutablePointer<Float>

    init(_ stretch: Stretch, to output: Int) {
        let extent = stretch.extent
        self.extent = extent
        first = .allocate(capacity: output)
        range = .allocate(capacity: output)
        var weights: [Float] = []
        for index in 0..<output {
            let (start, own) =
                extent.length > output * extent.unit
                ? Self.area(index, of: extent, to: output) : Self.bilinear(index, of: extent, to: output)
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

    /// In units of which an input element has `output * unit`, where all edges are whole numbers: output element `index`
    /// covers `length` of them.
    private static func area(_ index: Int, of extent: Stretch.Extent, to output: Int) -> (Int, [Double]) {
        let (length, element) = (extent.length, output * extent.unit)
        let lower = extent.offset * output + index * length
        let upper = lower + length
        let elements = (lower / element)...((upper - 1) / element)
        let weights = elements.map { index in
            Double(min(upper, (index + 1) * element) - max(lower, index * element)) / Double(length)
        }
        return (elements.lowerBound, weights)
    }

    private static func bilinear(_ index: Int, of extent: Stretch.Extent, to output: Int) -> (Int, [Double]) {
        let unit = Double(extent.unit)
        let place = (Double(index) + 0.5) * (Double(extent.length) / unit) / Double(output)
        let centre = place + Double(extent.offset) / unit - 0.5
        let clamped = min(max(centre, 0), Double(extent.count - 1))
        let start = Int(clamped)
        let fraction = clamped - Double(start)
        return fraction == 0 ? (start, [1]) : (start, [1 - fraction, fraction])
    }
}
