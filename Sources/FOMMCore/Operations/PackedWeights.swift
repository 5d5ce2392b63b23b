import CFOMMKernels
import Dispatch

/// A convolution's weights in the order in which the kernels read them: `[output blocks][taps][16]`, where a tap is (input
/// block, ky, kx, channel in use). Packed on all cores.
enum PackedWeights: Sendable {
    case floats(FloatStorage)
    /// As they are in a float16 file, which takes half the memory and half the time to read. What a batch norm multiplies
    /// them by would not fit: a sum is multiplied by its output's unit, `[output blocks][16]`, instead.
    case halves(AlignedStorage<Float16>, units: FloatStorage)
    case integers(Int8Weights)

    /// - Parameters:
    ///   - source: `[outputs, inputs, kernel]`, as PyTorch stores them.
    ///   - area: of the kernel, in pixels.
    static func direct<Number: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
        _ source: [Number], from input: ChannelLayout, to output: ChannelLayout, area: Int
    ) -> AlignedStorage<Number> {
        let (inputs, outputs, block) = (input.channels, output.channels, ChannelLayout.block)
        precondition(source.count == outputs * inputs * area, "\(source.count) weights")
        let (taps, lanes, perBlock) = (inputs * area, output.lanes, input.channelsPerBlock.map(Int.init))
        return AlignedStorage(count: output.blockCount * taps * block) { packed in
            // Threads write there, each the lanes of outputs that no other has.
            nonisolated(unsafe) let target = packed
            DispatchQueue.concurrentPerform(iterations: outputs) { output in
                let lane = lanes[output]
                let column = target + lane / block * taps * block + lane % block
                var (tap, firstInput) = (0, 0)
                for channels in perBlock {
                    for position in 0..<area {
                        for input in firstInput..<firstInput + channels {
                            column[tap * block] = source[(output * inputs + input) * area + position]
                            tap += 1
                        }
                    }
                    firstInput += channels
                }
            }
        }
    }

    /// Those of several, `[positions][output blocks][taps][16]`.
    static func direct(
        _ sources: [[Float]], from input: ChannelLayout, to output: ChannelLayout, area: Int
    ) -> FloatStorage {
        let perPosition = output.blockCount * input.channels * area * ChannelLayout.block
        return FloatStorage(count: sources.count * perPosition) { packed in
            for (position, source) in sources.enumerated() {
                let one = direct(source, from: input, to: output, area: area)
                (packed + position * perPosition).update(from: one.pointer, count: perPosition)
            }
        }
    }

    /// Weights of a convolution whose products are taken at the positions of a transform: `[positions][output blocks]
    /// [taps][16]`, of which a tap is (input block, kx, channel in use).
    ///
    /// - Parameters:
    ///   - source: `[outputs, inputs, rows, kernelWidth]`, where a row is what the transform combines.
    ///   - matrix: the transform, `[positions][rows]`.
    static func transformed(
        _ source: [Float], by matrix: [[Double]], from input: ChannelLayout, to output: ChannelLayout, kernelWidth: Int
    ) -> FloatStorage {
        let (inputs, outputs, rows) = (input.channels, output.channels, matrix[0].count)
        precondition(source.count == outputs * inputs * rows * kernelWidth, "\(source.count) weights")
        let (block, lanes, coefficients) = (ChannelLayout.block, output.lanes, matrix.flatMap { $0 })
        let (taps, positions) = (inputs * kernelWidth, matrix.count)
        let positionStride = output.blockCount * taps * block
        let blocks = input.channelsPerBlock.map(Int.init)
        let firstInputs = blocks.indices.map { blocks[..<$0].reduce(0, +) }
        return FloatStorage(count: positions * positionStride) { packed in
            // Threads write there, each the taps of inputs that no other has.
            nonisolated(unsafe) let target = packed
            DispatchQueue.concurrentPerform(iterations: blocks.count) { inputBlock in
                let (firstInput, channels) = (firstInputs[inputBlock], blocks[inputBlock])
                for channel in 0..<channels {
                    for (output, lane) in lanes.enumerated() {
                        let kernel = (output * inputs + firstInput + channel) * rows * kernelWidth
                        for column in 0..<kernelWidth {
                            let tap = firstInput * kernelWidth + column * channels + channel
                            let first = target + (lane / block * taps + tap) * block + lane % block
                            for position in 0..<positions {
                                var sum = 0.0
                                for row in 0..<rows {
                                    sum +=
                                        coefficients[position * rows + row]
                                        * Double(source[kernel + row * kernelWidth + column])
                                }
                                first[position * positionStride] = Float(sum)
                            }
                        }
                    }
                }
            }
        }
    }

    /// For the kernels; borrows the weights.
    ///
    /// - Parameter taps: of an output channel.
    func call(taps: Int) -> puppet_weights {
        switch self {
        case .floats(let weights):
            puppet_weights(
                type: PUPPET_FLOAT32, values: weights.pointer, steps: taps, unit: nil, first_sum: nil, per_unit: nil)
        case .halves(let weights, let units):
            puppet_weights(
                type: PUPPET_FLOAT16, values: weights.pointer, steps: taps, unit: units.pointer, first_sum: nil,
                per_unit: nil)
        case .integers(let weights): weights.call
        }
    }

    /// One number per output, in the lanes of a tensor.
    static func spread(_ values: [Float], _ channels: ChannelLayout) -> FloatStorage {
        FloatStorage(count: channels.blockCount * ChannelLayout.block) { packed in
            for (value, lane) in zip(values, channels.lanes) { packed[lane] = value }
        }
    }
}
