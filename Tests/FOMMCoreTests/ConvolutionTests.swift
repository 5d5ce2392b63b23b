import FOMMReference
import Foundation
import TestSupport
import Testing

@testable import FOMMCore

/// One shape of a convolution.
struct ConvolutionCase: Sendable, CustomStringConvertible {
    var inputs = [16]
    var outputs = 16
    var height = 3
    var width = 5
    var kernel = 3
    var threads = 2

    var description: String { "\(inputs) to \(outputs), \(height)x\(width), kernel \(kernel), \(threads) threads" }

    /// Widths and heights around every tile (6 and 14 pixels, 1, 2 or 4 rows), channels around a block of 16 and around a
    /// group of two blocks.
    static let aroundTheTile: [ConvolutionCase] =
        [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 27, 28, 29, 64].map { ConvolutionCase(width: $0) }
        + [1, 2, 3, 4, 5, 6, 7, 9].flatMap { height in
            [1, 2, 3, 7].map { ConvolutionCase(outputs: 32, height: height, width: $0) }
        }
        + [1, 3, 15, 16, 17, 31, 33].flatMap { inputs in
            [1, 15, 17, 32, 33, 48, 65].map { ConvolutionCase(inputs: [inputs], outputs: $0) }
        }
        + [[3, 5], [16, 3], [8, 44], [17, 1, 16]].map { ConvolutionCase(inputs: $0, outputs: 20) }
        + [1, 5, 7].map { ConvolutionCase(inputs: [19], outputs: 50, height: 9, width: 8, kernel: $0) }
        + [ConvolutionCase(inputs: [40], outputs: 40, height: 17, width: 20, threads: 1)]
}

@Suite("Convolutions, every instruction set against the definition")
struct ConvolutionTests {
    /// A sum of `taps` products of values up to 1 in float32, in another order.
    static func tolerance(taps: Int) -> Float { 2e-7 * Float(taps) + 1e-6 }

    @Test(arguments: InstructionSet.supported, ConvolutionCase.aroundTheTile)
    func matchesDefinition(_ instructionSet: InstructionSet, _ shape: ConvolutionCase) {
        var random = SeededRandom(seed: 7)
        let (from, to) = (ChannelLayout(shape.inputs), ChannelLayout(shape.outputs))
        let inputs = from.channels
        let planar = random.values(inputs * shape.height * shape.width)
        let weights = random.values(shape.outputs * inputs * shape.kernel * shape.kernel)
        let bias = random.values(shape.outputs)
        let halo = shape.kernel / 2
        let input = TestTensor(
            TensorShape(from, height: shape.height, width: shape.width, halo: max(halo, 1)), planar: planar)
        let output = TestTensor(TensorShape(to, height: shape.height, width: shape.width, halo: 2))
        let convolution = Conv2d(
            weights: weights, bias: bias, from: from, to: to, kernelHeight: shape.kernel, kernelWidth: shape.kernel)
        convolution(
            input.view, into: output.view, padding: (halo, halo), in: .empty(instructionSet, threads: shape.threads))

        let expected = input.tensor.convolved(weights, bias, kernelSize: shape.kernel).values
        let tolerance = Self.tolerance(taps: inputs * shape.kernel * shape.kernel)
        expectClose(output.view.planar, expected, within: tolerance, "\(shape)")
        #expect(output.damage == 0, "\(shape): wrote outside the picture")
        #expect(input.damage == 0, "\(shape): wrote to its input")
    }

    /// Weights that float16 holds, expanded as they are read, times a unit for each output.
    @Test(
        arguments: InstructionSet.supported.filter { $0.kernels.conv2d_rows != nil }, ConvolutionCase.aroundTheTile)
    func halves(_ instructionSet: InstructionSet, _ shape: ConvolutionCase) {
        var random = SeededRandom(seed: 9)
        let (from, to) = (ChannelLayout(shape.inputs), ChannelLayout(shape.outputs))
        let perOutput = from.channels * shape.kernel * shape.kernel
        let halves = random.values(shape.outputs * perOutput).map { Float16($0) }
        let (units, bias) = (random.values(shape.outputs), random.values(shape.outputs))
        let halo = shape.kernel / 2
        let input = TestTensor(
            TensorShape(from, height: shape.height, width: shape.width, halo: max(halo, 1)), &random)
        let output = TestTensor(TensorShape(to, height: shape.height, width: shape.width))
        Conv2d(
            halves: halves, units: units, bias: bias, from: from, to: to, kernelHeight: shape.kernel,
            kernelWidth: shape.kernel)(
                input.view, into: output.view, padding: (halo, halo), in: .empty(instructionSet, threads: shape.threads)
            )

        let weights = halves.enumerated().map { Float($1) * units[$0 / perOutput] }
        let expected = input.tensor.convolved(weights, bias, kernelSize: shape.kernel).values
        expectClose(output.view.planar, expected, within: Self.tolerance(taps: perOutput), "\(shape)")
        #expect(output.damage == 0, "\(shape): wrote outside the picture")
    }

    @Test(arguments: InstructionSet.supported)
    func epilogue(_ instructionSet: InstructionSet) {
        var random = SeededRandom(seed: 8)
        let channels = ChannelLayout(20)
        let shape = TensorShape(channels, height: 5, width: 17)
        let (input, output, activated) = (TestTensor(shape, &random), TestTensor(shape, &random), TestTensor(shape))
        let residual = output.tensor
        let (weights, bias) = (random.values(20 * 20 * 9), random.values(20))
        let norm = BatchNorm(scale: random.values(20), shift: random.values(20))
        Conv2d(weights: weights, bias: bias, from: channels, to: channels, kernelHeight: 3, kernelWidth: 3)(
            input.view, into: output.view, padding: (1, 1),
            epilogue: .init(
                residual: output.view, next: (activated.view, ScaleShift(norm, channels: channels))),
            in: .empty(instructionSet))

        let sums = input.tensor.convolved(weights, bias, kernelSize: 3) + residual
        let expected = sums.scaled(by: norm.scale, plus: norm.shift).rectified()
        let tolerance = Self.tolerance(taps: 180)
        expectClose(output.view.planar, sums.values, within: tolerance, "residual")
        expectClose(activated.view.planar, expected.values, within: tolerance, "pre-activation")
        #expect(output.damage + activated.damage == 0, "wrote outside the picture")
    }

    /// Without the kernel there is nothing to test: the portable variant has only the matrix product.
    @Test(
        arguments: InstructionSet.supported.filter { WinogradConv2d.fits($0, height: 4, width: 4) },
        [(4, 4, 1, 1), (8, 4, 17, 33), (4, 60, 16, 16), (16, 16, 33, 48), (36, 20, 20, 65)])
    func winograd(
        _ instructionSet: InstructionSet, _ size: (height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for threads in [1, 2] {
            var random = SeededRandom(seed: 11)
            let (from, to) = (ChannelLayout(size.inputs), ChannelLayout(size.outputs))
            let input = TestTensor(TensorShape(from, height: size.height, width: size.width), &random)
            let output = TestTensor(TensorShape(to, height: size.height, width: size.width), &random)
            let residual = output.tensor
            let weights = ConvolutionWeights(
                weights: random.values(size.outputs * size.inputs * 9), bias: random.values(size.outputs),
                outputs: size.outputs, inputs: size.inputs, kernelSize: 3)
            WinogradConv2d(weights, from: from, to: to)(
                input.view, into: output.view, epilogue: .init(relu: true, residual: output.view),
                in: .empty(instructionSet, threads: threads))
            let expected = (input.tensor.convolved(weights) + residual).rectified().values
            // Ten times the direct convolution's, for the coefficients of the transforms.
            let tolerance = 10 * Self.tolerance(taps: size.inputs * 9)
            expectClose(output.view.planar, expected, within: tolerance, "\(size)")
            #expect(output.damage == 0, "\(size): wrote outside the picture")
        }
    }

    /// One tile, one group of 28 and one more, rows of tiles that groups cut; two of many groups.
    @Test(
        arguments: InstructionSet.supported.filter { WinogradConv2d.fits($0, height: 4, width: 4) },
        [(2, 2, 1, 1), (2, 4, 17, 33), (4, 28, 16, 16), (2, 58, 15, 48), (10, 14, 33, 65), (32, 36, 3, 20)])
    func winogradOfAnUpsampledImage(
        _ instructionSet: InstructionSet, _ size: (height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for threads in [1, 2, 3] {
            var random = SeededRandom(seed: 12)
            let (from, to) = (ChannelLayout(size.inputs), ChannelLayout(size.outputs))
            let input = TestTensor(TensorShape(from, height: size.height, width: size.width), &random)
            let output = TestTensor(TensorShape(to, height: 2 * size.height, width: 2 * size.width, halo: 2))
            let weights = ConvolutionWeights(
                weights: random.values(size.outputs * size.inputs * 9), bias: random.values(size.outputs),
                outputs: size.outputs, inputs: size.inputs, kernelSize: 3)
            WinogradConv2d(weights, from: from, to: to, image: .upsampled)(
                input.view, into: output.view, epilogue: .init(relu: true),
                in: .empty(instructionSet, threads: threads))
            let expected = input.tensor.upsampled().convolved(weights).rectified().values
            let tolerance = Self.tolerance(taps: size.inputs * 9)
            expectClose(output.view.planar, expected, within: tolerance, "\(size)")
            #expect(output.damage == 0, "\(size): wrote outside the picture")
        }
    }

    @Test(
        arguments: InstructionSet.supported.filter { WinogradConv2d.fits($0, height: 4, width: 4) },
        [(4, 4, 1, 1), (8, 4, 17, 33), (4, 116, 16, 16), (20, 12, 33, 65)])
    func winogradThenPooling(
        _ instructionSet: InstructionSet, _ size: (height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for (threads, relu) in [(1, true), (2, true), (2, false)] {
            var random = SeededRandom(seed: 13)
            let (from, to) = (ChannelLayout(size.inputs), ChannelLayout(size.outputs))
            let input = TestTensor(TensorShape(from, height: size.height, width: size.width), &random)
            let output = TestTensor(TensorShape(to, height: size.height / 2, width: size.width / 2, halo: 2))
            let weights = ConvolutionWeights(
                weights: random.values(size.outputs * size.inputs * 9), bias: random.values(size.outputs),
                outputs: size.outputs, inputs: size.inputs, kernelSize: 3)
            WinogradConv2d(weights, from: from, to: to)(
                input.view, into: output.view, pooled: true, epilogue: .init(relu: relu),
                in: .empty(instructionSet, threads: threads))
            let sums = input.tensor.convolved(weights)
            let expected = (relu ? sums.rectified() : sums).pooled().values
            let tolerance = 10 * Self.tolerance(taps: size.inputs * 9)
            expectClose(output.view.planar, expected, within: tolerance, "\(size)")
            #expect(output.damage == 0, "\(size): wrote outside the picture")
        }
    }

    /// Heights around a tile of 4 rows, widths around the 70 columns of an item, with padding and without.
    @Test(
        arguments: InstructionSet.supported,
        [
            (1, 1, 1, 1, 3), (3, 6, 17, 50, 3), (4, 7, 16, 12, 3), (5, 14, 35, 33, 3), (8, 71, 3, 28, 3),
            (9, 141, 2, 16, 3), (10, 9, 20, 50, 0), (7, 7, 5, 16, 0), (13, 29, 33, 17, 1),
        ])
    func square(
        _ instructionSet: InstructionSet,
        _ size: (height: Int, width: Int, inputs: Int, outputs: Int, padding: Int)
    ) {
        var random = SeededRandom(seed: 14)
        let (from, to, padding) = (ChannelLayout(size.inputs), ChannelLayout(size.outputs), size.padding)
        let input = TestTensor(
            TensorShape(from, height: size.height, width: size.width, halo: padding), &random)
        let cut = 3 - padding
        let shape = TensorShape(to, height: size.height - 2 * cut, width: size.width - 2 * cut, halo: 1)
        let output = TestTensor(shape)
        let weights = ConvolutionWeights(
            weights: random.values(size.outputs * size.inputs * 49), bias: random.values(size.outputs),
            outputs: size.outputs, inputs: size.inputs, kernelSize: 7)
        let convolution = SquareConv2d(weights, from: from, to: to, for: instructionSet)
        let expected = input.tensor.convolved(weights, padding: padding).values
        for threads in [1, 2, 7] {
            convolution(
                input.view, into: output.view, padding: padding, in: .empty(instructionSet, threads: threads))
            // Rounding grows by 25.
            expectClose(
                output.view.planar, expected, within: 25 * Self.tolerance(taps: size.inputs * 49), "\(size)")
            #expect(output.damage == 0, "\(size): wrote outside the picture")
        }
    }

    @Test(arguments: InstructionSet.supported, [(1, 1), (2, 3), (5, 14), (8, 15)])
    func upsampling(_ instructionSet: InstructionSet, _ size: (height: Int, width: Int)) {
        var random = SeededRandom(seed: 9)
        let from = ChannelLayout(17, 3)
        let input = TestTensor(TensorShape(from, height: size.height, width: size.width), &random)
        let output = TestTensor(TensorShape(ChannelLayout(33), height: 2 * size.height, width: 2 * size.width))
        let weights = ConvolutionWeights(
            weights: random.values(33 * 20 * 9), bias: random.values(33), outputs: 33, inputs: 20, kernelSize: 3)
        UpsamplingConv2d(weights, from: from, to: ChannelLayout(33))(
            input.view, into: output.view, in: .empty(instructionSet))

        let expected = input.tensor.upsampled().convolved(weights).rectified().values
        expectClose(output.view.planar, expected, within: Self.tolerance(taps: 180), "\(size)")
        #expect(output.damage == 0, "\(size): wrote outside the picture")
    }

    @Test(arguments: InstructionSet.supported, [(1, 1), (4, 6), (9, 31)])
    func final(_ instructionSet: InstructionSet, _ size: (height: Int, width: Int)) {
        var random = SeededRandom(seed: 10)
        let from = ChannelLayout(20)
        let input = TestTensor(TensorShape(from, height: size.height, width: size.width, halo: 3), &random)
        let weights = ConvolutionWeights(
            weights: random.values(3 * 20 * 49), bias: random.values(3), outputs: 3, inputs: 20, kernelSize: 7)
        let convolution = FinalConvolution(weights, from: from, for: instructionSet)
        let partials = TestTensor(convolution.partialsShape(height: size.height, width: size.width))
        var output = [Float](repeating: 0, count: 3 * size.height * size.width)
        convolution(input.view, by: partials.view, into: &output, in: .empty(instructionSet))

        let expected = input.tensor.convolved(weights).sigmoid().values
        expectClose(output, expected, within: Self.tolerance(taps: 980), "\(size)")
        #expect(partials.damage == 0, "\(size): wrote outside the partial sums")
    }
}
