import CFOMMKernels
import Dispatch

/// A convolution's weights as 8-bit integers, with the units that integers stand for. See `puppet_weights`.
///
/// Outputs have a unit each, and so has every position of the transform. Where ranges are known, a channel with large
/// inputs and small weights is divided by what its weights are multiplied by, so that neither wastes bits: by
/// sqrt(range / largest weight). Source: Xiao et al., "SmoothQuant", ICML 2023, Eq. 4 with alpha = 0.5.
final class Int8Weights: Sendable {
    private let weights: AlignedStorage<Int8>
    private let firstSums: AlignedStorage<Int32>
    /// Of the product of a weight and an input; where ranges are not known, of a weight alone.
    private let units: FloatStorage
    private let perUnit: FloatStorage
    /// Positions of the input's transform.
    let inputPositions: Int
    private let inputLanes: Int
    /// Of `puppet_weights`.
    private let steps: Int
    /// Which position of the input's transform the weights of a position are multiplied with.
    private let sources: [Int]
    private let levels: Int
    /// Whether ranges are known, so that whoever computes the input can store integers; otherwise they are found anew for every
    /// picture.
    let knowsRanges: Bool

    /// - Parameters:
    ///   - packed: float32, `[positions][output blocks][taps][16]`, as ``Conv2d`` has them.
    ///   - area: of the kernel, in pixels.
    ///   - sources: per position of the weights, which of the input's transform it is multiplied with.
    ///   - format: of the instruction set that they are for.
    init(
        _ packed: UnsafePointer<Float>, from input: ChannelLayout, to output: ChannelLayout, area: Int, sources: [Int],
        _ quantisation: Quantisation, format: Quantisation.Format
    ) {
        let (block, inputLanes) = (ChannelLayout.block, input.blockCount * ChannelLayout.block)
        let taps = Tap.all(of: input, area: area)
        let vectors = PackedVectors(base: packed, outputBlocks: output.blockCount, taps: taps)
        let channels = Self.balance(vectors, input.channels, sources, quantisation, levels: format.levels)

        let count = sources.count * output.blockCount * block
        let perBlock = inputLanes * area * block
        // Threads write there, each what belongs to an output block of a position that no other has.
        nonisolated(unsafe) let weights = UnsafeMutablePointer<Int8>.allocateAligned(
            sources.count * output.blockCount * perBlock)
        nonisolated(unsafe) let firstSums = UnsafeMutablePointer<Int32>.allocateAligned(count)
        nonisolated(unsafe) let units = UnsafeMutablePointer<Float>.allocateAligned(count)
        DispatchQueue.concurrentPerform(iterations: sources.count * output.blockCount) { index in
            let (position, outputBlock) = index.quotientAndRemainder(dividingBy: output.blockCount)
            let (factors, vectors) = (channels.factors[sources[position]], vectors[position, outputBlock])
            let largest = zip(vectors, taps).reduce(SIMD16<Float>()) { largest, weights in
                let (vector, factor) = (weights.0, factors[weights.1.channel])
                return pointwiseMax(largest, pointwiseMax(vector * factor, -vector * factor))
            }
            let perWeight = (SIMD16(repeating: 127) / largest).replacing(with: 0, where: largest .== 0)
            var sums = SIMD16<Int32>()
            for (vector, tap) in zip(vectors, taps) {
                let values = (vector * factors[tap.channel] * perWeight).rounded(.toNearestOrEven)
                let together = format.together
                let target = weights + index * perBlock + tap.lane / together * together * block + tap.lane % together
                for lane in 0..<block {
                    let value = Int8(values[lane])
                    target[together * lane] = value
                    sums[lane] += Int32(value)
                }
            }
            for lane in 0..<block {
                firstSums[index * block + lane] = -Int32(format.zero) * sums[lane]
                units[index * block + lane] = largest[lane] / 127 * channels.steps[sources[position]]
            }
        }
        self.weights = AlignedStorage(owning: weights, count: sources.count * output.blockCount * perBlock)
        self.firstSums = AlignedStorage(owning: firstSums, count: count)
        self.units = AlignedStorage(owning: units, count: count)
        perUnit = FloatStorage(count: channels.steps.count * inputLanes) { perUnit in
            for (source, step) in channels.steps.enumerated() {
                for (channel, lane) in input.lanes.enumerated() {
                    perUnit[source * inputLanes + lane] = 1 / (channels.factors[source][channel] * step)
                }
            }
        }
        inputPositions = channels.steps.count
        self.inputLanes = inputLanes
        steps = inputLanes / 4 * area
        self.sources = sources
        levels = format.levels
        knowsRanges = quantisation.ranges != nil
    }

    /// Per position of the input's transform: what the weights of each channel are multiplied by and its values divided
    /// by, and what one step of such a value is. Ones where nothing is known.
    private static func balance(
        _ vectors: PackedVectors, _ channels: Int, _ sources: [Int], _ quantisation: Quantisation, levels: Int
    ) -> (factors: [[Float]], steps: [Float]) {
        let count = sources.reduce(0, max) + 1
        guard let ranges = quantisation.ranges else {
            return (
                [[Float]](repeating: [Float](repeating: 1, count: channels), count: count),
                .init(repeating: 1, count: count)
            )
        }
        precondition(
            ranges.count == count * channels, "\(ranges.count) ranges for \(count) positions of \(channels) channels")
        var (factors, steps): ([[Float]], [Float]) = ([], [])
        for source in 0..<count {
            // A channel that was never seen at work, or whose weights vanish, is not divided by zero.
            let ranges = ranges[source * channels..<(source + 1) * channels].map { max($0, 1e-6) }
            var largest = [Float](repeating: 1e-6, count: channels)
            for position in sources.indices where sources[position] == source {
                for outputBlock in 0..<vectors.outputBlocks {
                    for (vector, tap) in zip(vectors[position, outputBlock], vectors.taps) {
                        largest[tap.channel] = max(largest[tap.channel], vector.max(), -vector.min())
                    }
                }
            }
            let ofSource = zip(ranges, largest).map { ($0 / $1).squareRoot() }
            factors.append(ofSource)
            steps.append(zip(ranges, ofSource).reduce(0) { max($0, $1.0 / $1.1) } / Float(levels))
        }
        return (factors, steps)
    }

    /// What a value is multiplied by, `[positions][input blocks][16]`, where ranges are known.
    var perUnitOfKnownRanges: UnsafePointer<Float> {
        precondition(knowsRanges, "ranges are found anew for every picture")
        return perUnit.pointer
    }

    /// For the kernels, where ranges are known; borrows the weights.
    var call: puppet_weights {
        puppet_weights(
            type: PUPPET_INT8, values: weights.pointer, steps: steps, unit: units.pointer,
            first_sum: firstSums.pointer, per_unit: perUnit.pointer)
    }

    /// For the kernels, and one picture; borrows the weights and shared memory of `workspace`.
    ///
    /// - Parameter ranges: finds those of the input, `[positions][input blocks][16]`, where they are not known.
    func call(in workspace: Workspace, ranges: () -> UnsafePointer<Float>) -> puppet_weights {
        var call = call
        guard !knowsRanges else { return call }
        let ranges = ranges()
        let dynamicPerUnit = workspace.shared(floats: inputPositions * inputLanes + units.count)
        let dynamicUnits = dynamicPerUnit + inputPositions * inputLanes
        let perPosition = units.count / sources.count
        for (position, source) in sources.enumerated() {
            let step = Self.step(UnsafeBufferPointer(start: ranges + source * inputLanes, count: inputLanes), levels)
            for lane in 0..<inputLanes { dynamicPerUnit[source * inputLanes + lane] = 1 / step }
            for index in position * perPosition..<(position + 1) * perPosition {
                dynamicUnits[index] = units.pointer[index] * step
            }
        }
        call.per_unit = UnsafePointer(dynamicPerUnit)
        call.unit = UnsafePointer(dynamicUnits)
        return call
    }

    private static func step(_ ranges: UnsafeBufferPointer<Float>, _ levels: Int) -> Float {
        max(ranges.reduce(0, max), 1e-6) / Float(levels)
    }
}

/// A tap of packed float32 weights: (input block, ky, kx, channel in use).
private struct Tap {
    let channel: Int
    /// Where it is among the taps of integers, which has all 16 channels of a block.
    let lane: Int

    static func all(of input: ChannelLayout, area: Int) -> [Tap] {
        var (taps, firstChannel): ([Tap], Int) = ([], 0)
        for (block, channels) in input.channelsPerBlock.map(Int.init).enumerated() {
            for position in block * area..<(block + 1) * area {
                taps += (0..<channels).map {
                    Tap(channel: firstChannel + $0, lane: position * ChannelLayout.block + $0)
                }
            }
            firstChannel += channels
        }
        return taps
    }
}

/// Packed float32 weights as vectors of an output block.
///
/// `@unchecked Sendable` holds because nobody writes them any more.
private struct PackedVectors: @unchecked Sendable {
    let base: UnsafePointer<Float>
    let outputBlocks: Int
    let taps: [Tap]

    /// One vector a tap.
    subscript(position: Int, outputBlock: Int) -> UnsafeBufferPointer<SIMD16<Float>> {
        let first = base + (position * outputBlocks + outputBlock) * taps.count * ChannelLayout.block
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(first).assumingMemoryBound(to: SIMD16<Float>.self), count: taps.count)
    }
}
