/// Where one side of a square lies along an axis of a frame's pixels.
struct Stretch: Equatable {
    /// The first pixel that it covers.
    package let first: Int
    /// The rest, which is all that weights depend on.
    let extent: Extent

    /// How much of pixels in a row a stretch covers, in units that make all edges whole numbers.
    struct Extent: Equatable {
        /// Units of the first pixel before the stretch, fewer than ``unit``.
        package let offset: Int
        let length: Int
        /// How many of them a pixel has.
        let unit: Int

        /// Of the pixels covered, in whole or in part.
        package var count: Int { (offset + length + unit - 1) / unit }

        /// Whether it is just so many whole pixels.
        func isWhole(_ pixels: Int) -> Bool { offset == 0 && length == pixels * unit }
    }

    /// - Parameters:
    ///   - start, length: in the source's pixels, within `shown`.
    ///   - shown: how many of the source's pixels the frame shows.
    ///   - pixels: how many pixels of its own the frame has for them.
    init(from start: Int, length: Int, shown: Int, as pixels: Int) {
        let divisor = Self.greatestCommonDivisor(shown, pixels)
        let (unit, scale) = (shown / divisor, pixels / divisor)
        let (whole, rest) = (start * scale).quotientAndRemainder(dividingBy: unit)
        first = whole
        extent = Extent(offset: rest, length: length * scale, unit: unit)
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}

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
