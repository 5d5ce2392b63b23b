import CFOMMKernels
import FOMMReference
import Foundation
import TestSupport
import Testing

@testable import FOMMCore

@Suite("Kernels other than convolutions, every instruction set against the definition")
struct KernelTests {
    @Test(arguments: InstructionSet.supported)
    func float16(_ instructionSet: InstructionSet) {
        // Every bit pattern there is, from an odd address.
        let patterns = (0...UInt16.max).filter { Float16(bitPattern: $0).isFinite }
        var bytes: [UInt8] = [0]
        for pattern in patterns { withUnsafeBytes(of: pattern.littleEndian) { bytes += $0 } }
        var floats = [Float](repeating: .nan, count: patterns.count)
        bytes.withUnsafeBytes { instructionSet.kernels.expand_float16($0.baseAddress! + 1, patterns.count, &floats) }
        expectClose(floats, patterns.map { Float(Float16(bitPattern: $0)) }, within: 0, "float16")
    }

    @Test(arguments: InstructionSet.supported, [1, 2, 15, 16, 17, 58 * 58])
    func softmax(_ instructionSet: InstructionSet, _ count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let logits = random.values(count).map { 30 * $0 }
        var values = logits
        instructionSet.kernels.softmax(&values, count, 10)
        let expected = Tensor(channels: 1, height: 1, width: count, logits).softmaxOverPixels(times: 10).values
        expectClose(values, expected, within: 1e-6, "softmax of \(count)")
    }

    @Test(arguments: InstructionSet.supported, [1, 15, 16, 17, 64])
    func gaussian(_ instructionSet: InstructionSet, _ count: Int) {
        let line = coordinateLine(count)
        var values = [Float](repeating: .nan, count: count)
        instructionSet.kernels.gaussian(line, count, 0.3, 0.01, &values)
        let expected = line.map { Float(exp(-0.5 * pow(Double($0) - Double(Float(0.3)), 2) / Double(Float(0.01)))) }
        expectClose(values, expected, within: 5e-7, "Gaussian of \(count)")
    }

    @Test(arguments: InstructionSet.supported, [1, 15, 16, 17, 100])
    func moments(_ instructionSet: InstructionSet, _ width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        let height = 7
        let weights = random.values(height * width)
        let (columns, rows) = (random.values(width), random.values(height))
        let (kernels, count) = (instructionSet.kernels, Float(height * width))
        let mean = columns.withUnsafeBufferPointer { columns in
            rows.withUnsafeBufferPointer { rows in
                kernels.weighted_mean(
                    weights,
                    puppet_grid(
                        columns: columns.baseAddress!, rows: rows.baseAddress!, height: Int32(height),
                        width: Int32(width)))
            }
        }
        func sum(_ term: (Int) -> Double) -> Float { Float((0..<height * width).reduce(0) { $0 + term($1) }) }
        let expected = [
            sum { Double(weights[$0]) * Double(columns[$0 % width]) },
            sum { Double(weights[$0]) * Double(rows[$0 / width]) },
            sum { Double(weights[$0]) * Double(weights[$0]) },
        ]
        let square = kernels.dot(weights, weights, weights.count)
        expectClose([mean.x, mean.y, square], expected, within: 1e-7 * count + 1e-6, "\(width) columns")
    }

    @Test(arguments: InstructionSet.supported, [(1, 1), (3, 18), (5, 16)])
    func unpacking(_ instructionSet: InstructionSet, _ size: (height: Int, width: Int)) {
        var random = SeededRandom(seed: 3)
        let channels = 37
        let planar = random.values(channels * size.height * size.width)
        let tensor = TestTensor(
            TensorShape(ChannelLayout(channels), height: size.height, width: size.width), planar: planar)
        var back = [Float](repeating: .nan, count: planar.count)
        instructionSet.kernels.unpack(puppet_tensor(tensor.view), puppet_range(0..<channels), &back)
        #expect(back == planar, "\(size)")
        #expect(tensor.damage == 0, "\(size): wrote to its input")
    }

    @Test(arguments: InstructionSet.supported)
    func eightBits(_ instructionSet: InstructionSet) {
        let kernels = instructionSet.kernels
        let levels = (0..<3 * 256).map { UInt8($0 % 256) }
        let tensor = TestTensor(TensorShape(ChannelLayout(3), height: 16, width: 16))
        kernels.load_rgb8(levels, puppet_tensor(tensor.view))
        let planar = tensor.view.planar
        expectClose(
            planar, (0..<768).map { Float(levels[$0 % 256 * 3 + $0 / 256]) / 255 }, within: 0, "loaded")
        #expect(tensor.damage == 0, "wrote to lanes that hold no colour")
        var back = [UInt8](repeating: 0, count: 768)
        kernels.store_rgb8(planar, 256, &back)
        #expect(back == levels, "there and back")

        // Two pixels, plane by plane.
        let odd: [Float] = [-1, 2, .nan, 0.4999 / 255, 0.5001 / 255, .infinity]
        var bytes = [UInt8](repeating: 9, count: 6)
        kernels.store_rgb8(odd, 2, &bytes)
        #expect(bytes == [0, 0, 1, 255, 0, 255])
    }

    @Test(arguments: InstructionSet.supported, [true, false])
    func warp(_ instructionSet: InstructionSet, _ alignCorners: Bool) {
        var random = SeededRandom(seed: 4)
        let (height, width) = (6, 9)
        let channels = ChannelLayout(20)
        let input = TestTensor(TensorShape(channels, height: height, width: width), &random)
        let output = TestTensor(TensorShape(channels, height: 5, width: 7))
        var grid = random.values(2 * 35).map { 1.4 * $0 }
        // Exactly on corners and edges, just outside, far outside, and not a number.
        let awkward: [Float] = [-1, -1, 1, 1, -1, 1, 0, 1.0001, -1.5, 0, 1e20, 0, .nan, 0, 0, .infinity]
        grid.replaceSubrange(0..<awkward.count, with: awkward)
        let occlusion = random.values(35)
        let unnormalise = puppet_unnormalise(height: height, width: width, alignCorners: alignCorners)
        grid.withUnsafeBufferPointer { grid in
            occlusion.withUnsafeBufferPointer { occlusion in
                var warp = puppet_warp(
                    input: puppet_tensor(input.view), unnormalise: unnormalise, deformation: grid.baseAddress!,
                    occlusion: occlusion.baseAddress!, output: puppet_tensor(output.view),
                    next: puppet_preactivation(nil))
                instructionSet.kernels.warp_rows(&warp, puppet_range(0..<5))
            }
        }

        let points = (0..<35).map { SIMD2(grid[2 * $0], grid[2 * $0 + 1]) }
        let samples = input.tensor.sampled(at: Grid(height: 5, width: 7, points), alignCorners: alignCorners)
        let expected = samples.values.enumerated().map { $1 * occlusion[$0 % 35] }
        expectClose(output.view.planar, expected, within: 5e-6, "warp")
        #expect(output.damage == 0, "wrote outside the picture")
    }

    /// Of one block of channels, and of several.
    @Test(arguments: InstructionSet.supported, [(5, 1, 3), (5, 10, 20), (13, 16, 3), (13, 37, 33)])
    func downsampling(
        _ instructionSet: InstructionSet, _ shape: (weights: Int, size: Int, channels: Int)
    ) throws {
        var random = SeededRandom(seed: 5)
        let (count, size, step) = (shape.weights, shape.size, (shape.weights - 1) / 4 + 1)
        let (small, channels) = ((size + step - 1) / step, ChannelLayout(shape.channels))
        let input = TestTensor(TensorShape(channels, height: size, width: size), &random)
        let output = TestTensor(TensorShape(channels, height: small, width: small))
        let weights = random.values(count)
        let scratch = UnsafeMutablePointer<Float>.allocateAligned(size * 16)
        defer { scratch.deallocateAligned(size * 16) }
        weights.withUnsafeBufferPointer { weights in
            var downsample = puppet_downsample(
                input: puppet_tensor(input.view), weights: weights.baseAddress!, weight_count: Int32(count),
                step: Int32(step), output: puppet_tensor(output.view))
            instructionSet.kernels.downsample_rows(&downsample, puppet_range(0..<small), scratch)
        }
        let kernel = weights.flatMap { y in weights.map { x in x * y } }
        let expected = input.tensor.reduced(by: step, kernel, taps: count).values
        expectClose(output.view.planar, expected, within: 2e-5, "\(shape)")
        #expect(output.damage == 0, "wrote outside the picture")
    }
}
