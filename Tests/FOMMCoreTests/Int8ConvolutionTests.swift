import FOMMReference
import Foundation
import TestSupport
import Testing

@testable import FOMMCore

@Suite("Convolutions on 8-bit integers, every instruction set that has them")
struct Int8ConvolutionTests {
    static let instructionSets = InstructionSet.supported.filter(\.hasInt8)

    /// Inputs and weights that are integers already, of which the largest is the largest there is, so that nothing is
    /// rounded and every sum is exact.
    @Test(arguments: instructionSets, ConvolutionCase.aroundTheTile)
    func sumsAreExact(_ instructionSet: InstructionSet, _ shape: ConvolutionCase) {
        let levels = instructionSet.unsignedInt8Format.levels
        var random = SeededRandom(seed: 21)
        func integers(_ count: Int, _ range: ClosedRange<Int>) -> [Float] {
            (0..<count).map { _ in Float(Int.random(in: range, using: &random)) }
        }
        let (from, to) = (ChannelLayout(shape.inputs), ChannelLayout(shape.outputs))
        let (inputs, halo) = (from.channels, shape.kernel / 2)
        var planar = integers(inputs * shape.height * shape.width, 0...levels)
        planar[0] = Float(levels)
        let perOutput = inputs * shape.kernel * shape.kernel
        var weights = integers(shape.outputs * perOutput, -127...127)
        for output in 0..<shape.outputs { weights[output * perOutput] = -127 }
        let bias = integers(shape.outputs, -100...100)
        let input = TestTensor(
            TensorShape(from, height: shape.height, width: shape.width, halo: max(halo, 1)), planar: planar)
        let output = TestTensor(TensorShape(to, height: shape.height, width: shape.width, halo: 2))
        let convolution = Conv2d(
            weights: weights, bias: bias, from: from, to: to, kernelHeight: shape.kernel, kernelWidth: shape.kernel)
        Int8Conv2d(convolution, Quantisation(ranges: nil), format: instructionSet.unsignedInt8Format)(
            input.view, into: output.view, padding: (halo, halo),
            in: .empty(instructionSet, threads: shape.threads))

        let expected = input.tensor.convolved(weights, bias, kernelSize: shape.kernel)
        expectClose(output.view.planar, expected.values, within: 0, "\(shape)")
        #expect(output.damage == 0, "\(shape): wrote outside the picture")
        #expect(input.damage == 0, "\(shape): wrote to its input")
    }

    /// The phases of an upsampling convolution, like ``sumsAreExact(_:_:)``. Up to four weights are added beforehand.
    @Test(
        arguments: instructionSets,
        [(1, 1, 1, 1), (3, 5, 17, 33), (8, 8, 32, 16), (16, 16, 20, 40), (17, 33, 33, 65)] as [(Int, Int, Int, Int)])
    func phasesAreExact(
        _ instructionSet: InstructionSet, _ size: (height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        let levels = instructionSet.unsignedInt8Format.levels
        var random = SeededRandom(seed: 24)
        let (from, to) = (ChannelLayout([size.inputs]), ChannelLayout(size.outputs))
        var planar = (0..<size.inputs * size.height * size.width).map { _ in
            Float(Int.random(in: 0...levels, using: &random))
        }
        planar[0] = Float(levels)
        var weights = (0..<size.outputs * size.inputs * 9).map { _ in Float(Int.random(in: -31...31, using: &random)) }
        // In each phase a sum of four is the largest integer.
        for output in 0..<size.outputs {
            for (tap, weight) in [32, 32, 32, 32, 31, 32, 32, 32, 32].enumerated() {
                weights[output * size.inputs * 9 + tap] = Float(weight)
            }
        }
        let bias = (0..<size.outputs).map { _ in Float(Int.random(in: -100...100, using: &random)) }
        let input = TestTensor(TensorShape(from, height: size.height, width: size.width), planar: planar)
        let shape = TensorShape(to, height: 2 * size.height, width: 2 * size.width, halo: 2)
        let source = ConvolutionWeights(
            weights: weights, bias: bias, outputs: size.outputs, inputs: size.inputs, kernelSize: 3)
        for threads in [1, 2, 5] {
            let (exact, output) = (TestTensor(shape), TestTensor(shape))
            let workspace = Workspace.empty(instructionSet, threads: threads)
            UpsamplingConv2d(source, from: from, to: to)(input.view, into: exact.view, in: workspace)
            UpsamplingConv2d(
                source, from: from, to: to, Quantisation(ranges: nil), format: instructionSet.unsignedInt8Format)(
                    input.view, into: output.view, in: workspace)
            expectClose(output.view.planar, exact.view.planar, within: 0, "\(size), \(threads) threads")
            #expect(output.damage == 0, "\(size): wrote outside the picture")
        }
    }

    /// Where an instruction multiplies eight channels, those of an output lie together instead of four; nothing else differs.
    @Test func weightsLieAsTheyAreRead() throws {
        var random = SeededRandom(seed: 25)
        let (from, to, area) = (ChannelLayout(20), ChannelLayout(17), 9)
        let convolution = Conv2d(
            weights: random.values(17 * 20 * area), bias: random.values(17), from: from, to: to, kernelHeight: 3,
            kernelWidth: 3)
        func quantised(together: Int) throws -> Int8Weights {
            let format = Quantisation.Format(levels: 127, zero: 0, together: together)
            return try #require(convolution.quantised(Quantisation(ranges: nil), format: format).int8)
        }
        let (four, eight) = (try quantised(together: 4), try quantised(together: 8))
        let block = ChannelLayout.block
        let lanes = from.blockCount * block * area
        let bytes = [four, eight].map { $0.call.values.assumingMemoryBound(to: Int8.self) }
        for outputs in 0..<to.blockCount {
            for lane in 0..<lanes {
                for output in 0..<block {
                    let first = outputs * lanes * block
                    let places = [4, 8].map { first + lane / $0 * $0 * block + output * $0 + lane % $0 }
                    #expect(bytes[0][places[0]] == bytes[1][places[1]], "lane \(lane) of output \(output)")
                }
            }
        }
    }

    /// The largest values and weights everywhere: sums as large as they get, and pairs of them, which AVX2 adds in 16 bits.
    @Test(arguments: instructionSets, [1, -1])
    func theLargestSumsDoNotOverflow(_ instructionSet: InstructionSet, _ sign: Int) {
        let channels = ChannelLayout(64)
        let value = Float(instructionSet.unsignedInt8Format.levels)
        let input = TestTensor(
            TensorShape(channels, height: 2, width: 15), planar: [Float](repeating: value, count: 64 * 30))
        let output = TestTensor(TensorShape(channels, height: 2, width: 15))
        let convolution = Conv2d(
            weights: [Float](repeating: Float(127 * sign), count: 64 * 64), bias: [Float](repeating: 0, count: 64),
            from: channels,
            to: channels, kernelHeight: 1, kernelWidth: 1)
        Int8Conv2d(convolution, Quantisation(ranges: nil), format: instructionSet.unsignedInt8Format)(
            input.view, into: output.view, padding: (0, 0), in: .empty(instructionSet))
        expectClose(
            output.view.planar, [Float](repeating: 64 * 127 * Float(sign) * value, count: 64 * 30), within: 0, "sums")
    }

    /// What is more than the ranges say becomes the largest there is, what is less than zero becomes zero.
    @Test(arguments: instructionSets)
    func valuesBeyondTheRangesAreClamped(_ instructionSet: InstructionSet) {
        let channels = ChannelLayout(16)
        let values: [Float] = [-1e30, -100, -2, -1, 0, 0.5, 1, 2, 100, 1e30]
        let planar = (0..<16).flatMap { $0 == 0 ? values : [Float](repeating: 0, count: values.count) }
        let input = TestTensor(TensorShape(channels, height: 1, width: values.count), planar: planar)
        let output = TestTensor(TensorShape(channels, height: 1, width: values.count))
        let identity = (0..<256).map { $0 % 17 == 0 ? Float(1) : 0 }
        let convolution = Conv2d(
            weights: identity, bias: [Float](repeating: 0, count: 16), from: channels, to: channels, kernelHeight: 1,
            kernelWidth: 1)
        let ranges = [Float](repeating: 1, count: 16)
        Int8Conv2d(convolution, Quantisation(ranges: ranges), format: instructionSet.unsignedInt8Format)(
            input.view, into: output.view, padding: (0, 0), in: .empty(instructionSet))
        let expected: [Float] = [0, 0, 0, 0, 0, 0.5, 1, 1, 1, 1]
        let half = 0.5 / Float(instructionSet.unsignedInt8Format.levels)
        expectClose(Array(output.view.planar.prefix(values.count)), expected, within: half * 1.001, "clamped")
    }

    /// Winograd's transforms with ranges that are known and ranges that are found, against the float32 convolution. With
    /// random values of one size everywhere a step of 1/127 (1/63) of the largest leaves noise 33 (27) dB below the sums.
    @Test(
        arguments: instructionSets,
        [(4, 4, 1, 1), (8, 4, 17, 33), (4, 60, 16, 16), (16, 16, 33, 48), (36, 20, 40, 65)])
    func winograd(
        _ instructionSet: InstructionSet, _ size: (height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for image in [WinogradConv2d.Image.plain, .upsampled] {
            for threads in [1, 2, 3] {
                var random = SeededRandom(seed: 22)
                let (from, to) = (ChannelLayout(size.inputs), ChannelLayout(size.outputs))
                let scale = image == .plain ? 1 : 2
                let input = TestTensor(TensorShape(from, height: size.height, width: size.width), &random)
                let shape = TensorShape(to, height: scale * size.height, width: scale * size.width, halo: 2)
                let weights = ConvolutionWeights(
                    weights: random.values(size.outputs * size.inputs * 9), bias: random.values(size.outputs),
                    outputs: size.outputs, inputs: size.inputs, kernelSize: 3)
                let workspace = Workspace.empty(instructionSet, threads: threads)
                let recorder = RangeRecorder()
                workspace.recorder = recorder
                let exact = TestTensor(shape)
                WinogradConv2d(weights, from: from, to: to, image: image, name: "layer")(
                    input.view, into: exact.view, epilogue: .init(), in: workspace)
                workspace.recorder = nil
                let found = recorder.ranges.values["layer"]?.flatMap { $0 }
                #expect(found?.count == WinogradConv2d.inputPositions(image) * size.inputs, "ranges of all positions")
                for ranges in [found, nil] {
                    let output = TestTensor(shape)
                    WinogradConv2d(
                        weights, from: from, to: to, image: image, quantisation: Quantisation(ranges: ranges),
                        format: instructionSet.int8Format)(
                            input.view, into: output.view, epilogue: .init(), in: workspace)
                    let (expected, actual) = (exact.view.planar, output.view.planar)
                    let noise = zip(expected, actual).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
                    let signal = expected.reduce(0.0) { $0 + Double($1 * $1) }
                    let decibels = 10 * log10(signal / noise)
                    let least = instructionSet.int8Levels == 127 ? 25.0 : 19.0
                    #expect(
                        decibels > least,
                        "\(size), \(image), \(threads) threads, \(ranges == nil ? "dynamic" : "static"): \(decibels) dB"
                    )
                    #expect(output.damage == 0, "\(size): wrote outside the picture")
                }
            }
        }
    }

    /// A part of the output is what it is in all of it, and the rest stays.
    @Test(arguments: instructionSets)
    func runsOfTiles(_ instructionSet: InstructionSet) {
        var random = SeededRandom(seed: 23)
        let (from, to) = (ChannelLayout(19), ChannelLayout(28))
        let input = TestTensor(TensorShape(from, height: 10, width: 22, halo: 3), &random)
        let shape = TensorShape(to, height: 10, width: 22, halo: 3)
        let (all, some) = (TestTensor(shape), TestTensor(shape))
        let ranges = [Float](repeating: 1, count: 19)
        let convolution = TallConv2d(
            weights: random.values(28 * 19 * 7), bias: random.values(28), from: from, to: to, kernelWidth: 1,
            quantisation: Quantisation(ranges: ranges), for: instructionSet)
        let workspace = Workspace.empty(instructionSet)
        convolution(input.view, into: all.view, padding: (3, 0), in: workspace)
        let runs = [TileRun(row: 0, firstColumn: 1, columns: 2), TileRun(row: 2, firstColumn: 5, columns: 1)]
        runs.withUnsafeBufferPointer {
            convolution(input.view, into: some.view, padding: (3, 0), runs: $0, in: workspace)
        }
        let (expected, actual) = (all.view.planar, some.view.planar)
        for index in expected.indices {
            let (row, column) = (index / 22 % 10 / 4, index % 22 / 4)
            let isAsked = (row == 0 && (1...2).contains(column)) || (row == 2 && column == 5)
            #expect(actual[index] == (isAsked ? expected[index] : 0), "value \(index)")
        }
        #expect(some.damage == 0, "wrote outside the picture")
    }
}
