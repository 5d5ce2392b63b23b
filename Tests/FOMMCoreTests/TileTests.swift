import CFOMMKernels
import TestSupport
import Testing

@testable import FOMMCore

/// A part of an image is computed bit for bit as with the rest of it, and the rest stays as it was.
@Suite("Convolutions of some tiles, every instruction set that has them")
struct TileTests {
    static let instructionSets = InstructionSet.supported.filter { WinogradConv2d.fits($0, height: 4, width: 4) }

    /// None, one, some in several groups, all; in rising order.
    private static func selections(of count: Int) -> [[Int32]] {
        [
            [], [Int32(count - 1)], (0..<Int32(count)).filter { $0 % 5 < 2 }, (0..<Int32(count)).filter { $0 % 9 != 4 },
            Array(0..<Int32(count)),
        ]
    }

    /// A result of 12 x 60 pixels: 45 tiles, two groups.
    @Test(arguments: instructionSets, [WinogradCase.plain, .residual, .pooled, .upsampled])
    func winograd(_ instructionSet: InstructionSet, _ kind: WinogradCase) {
        var random = SeededRandom(seed: 21)
        let (height, width, across) = (12, 60, 15)
        let (from, to) = (ChannelLayout(20), ChannelLayout(40))
        let half = TensorShape(from, height: height / 2, width: width / 2)
        let input = TestTensor(
            kind == .upsampled ? half : TensorShape(from, height: height, width: width), &random)
        let tile = kind == .pooled ? 2 : 4
        let shape = TensorShape(to, height: height / 4 * tile, width: width / 4 * tile)
        let before = random.values(to.channels * shape.height * shape.width)
        let residual = TestTensor(shape, &random)
        let norm = ScaleShift(BatchNorm(scale: random.values(40), shift: random.values(40)), channels: to)
        let weights = ConvolutionWeights(
            weights: random.values(40 * 20 * 9), bias: random.values(40), outputs: 40, inputs: 20, kernelSize: 3)
        let convolution = WinogradConv2d(weights, from: from, to: to, image: kind == .upsampled ? .upsampled : .plain)

        func run(_ tiles: TileList?, threads: Int) -> (output: [Float], activated: [Float], damage: Int) {
            let (output, activated) = (TestTensor(shape, planar: before), TestTensor(shape, planar: before))
            var epilogue = Conv2d.Epilogue(relu: kind != .residual)
            if kind == .residual {
                epilogue.residual = residual.view
                epilogue.next = (activated.view, norm)
            }
            convolution(
                input.view, into: output.view, pooled: kind == .pooled, tiles: tiles, epilogue: epilogue,
                in: .empty(instructionSet, threads: threads))
            return (output.view.planar, activated.view.planar, output.damage + activated.damage)
        }
        let full = run(nil, threads: 1)
        for tiles in Self.selections(of: 45) {
            for threads in [1, 2] {
                // One more than are used: an empty list has no address.
                let some = (tiles + [0]).withUnsafeBufferPointer { list in
                    run(TileList(indices: list.baseAddress!, count: tiles.count), threads: threads)
                }
                let chosen = Set(tiles.map { Int($0) })
                let expected = before.indices.map { index in
                    let (row, column) = (index / shape.width % shape.height, index % shape.width)
                    let isChosen = chosen.contains(row / tile * across + column / tile)
                    return isChosen ? (full.output[index], full.activated[index]) : (before[index], before[index])
                }
                #expect(some.output == expected.map(\.0), "\(kind), \(tiles.count) tiles, \(threads) threads")
                #expect(
                    kind != .residual || some.activated == expected.map(\.1), "pre-activation, \(tiles.count) tiles")
                #expect(some.damage == 0, "\(kind), \(tiles.count) tiles: wrote outside the picture")
            }
        }
    }

    enum WinogradCase: CaseIterable { case plain, residual, pooled, upsampled }

    /// 11 x 150 pixels: three rows of tiles, the last of them cut, and runs longer than an item of work.
    @Test(arguments: instructionSets)
    func final(_ instructionSet: InstructionSet) {
        var random = SeededRandom(seed: 22)
        let (height, width) = (11, 150)
        let from = ChannelLayout(20)
        let shape = TensorShape(from, height: height, width: width, halo: 3)
        let (old, new) = (TestTensor(shape, &random), TestTensor(shape))
        // The image changes in one tile: what a pixel of the result sees of it is at most 3 pixels away.
        new.view.copyPixels(of: old.view)
        for channel in 0..<16 { new.view.base[5 * shape.rowStride + 90 * 16 + channel] += 1 }
        let weights = ConvolutionWeights(
            weights: random.values(3 * 20 * 49), bias: random.values(3), outputs: 3, inputs: 20, kernelSize: 7)
        let convolution = FinalConvolution(weights, from: from, for: instructionSet)
        let runs = [
            TileRun(row: 0, firstColumn: 0, columns: 38), TileRun(row: 1, firstColumn: 21, columns: 3),
            TileRun(row: 2, firstColumn: 21, columns: 4),
        ]
        for threads in [1, 2] {
            let workspace = Workspace.empty(instructionSet, threads: threads)
            let partials = TestTensor(convolution.partialsShape(height: height, width: width))
            var (output, expected) = (
                [Float](repeating: 0, count: 3 * height * width), [Float](repeating: 0, count: 3 * height * width)
            )
            convolution(new.view, by: partials.view, into: &expected, in: workspace)
            convolution(old.view, by: partials.view, into: &output, in: workspace)
            #expect(output != expected)
            runs.withUnsafeBufferPointer { runs in
                convolution(new.view, by: partials.view, into: &output, runs: runs, in: workspace)
            }
            #expect(output == expected, "\(threads) threads")
            #expect(partials.damage == 0, "wrote outside the partial sums")
        }
    }

    /// Kernels that compare and copy are there for every instruction set.
    @Test(arguments: InstructionSet.supported, [(4, 4, 1), (8, 12, 17), (12, 20, 40)])
    func changesAndCopies(_ instructionSet: InstructionSet, _ size: (height: Int, width: Int, channels: Int)) {
        var random = SeededRandom(seed: 23)
        let channels = ChannelLayout(size.channels)
        let shape = TensorShape(channels, height: size.height, width: size.width)
        let (fresh, kept, activated) = (TestTensor(shape, &random), TestTensor(shape, &random), TestTensor(shape))
        let (across, count) = (size.width / 4, size.height * size.width / 16)
        let (new, old) = (fresh.view.planar, kept.view.planar)
        func tile(of index: Int) -> Int {
            index / size.width % size.height / 4 * across + index % size.width / 4
        }

        var (changes, magnitudes) = ([Float](repeating: -1, count: count), [Float](repeating: -1, count: count))
        func compare(_ fresh: TestTensor, with kept: TestTensor) {
            changes.withUnsafeMutableBufferPointer { changes in
                magnitudes.withUnsafeMutableBufferPointer { magnitudes in
                    var call = puppet_tile_changes(
                        fresh: puppet_tensor(fresh.view), kept: kept.view.base, changes: changes.baseAddress!,
                        magnitudes: magnitudes.baseAddress!)
                    instructionSet.kernels.tile_changes(&call, puppet_range(0..<count))
                }
            }
        }
        compare(fresh, with: kept)
        var expected = [Float](repeating: 0, count: count)
        var sizes = expected
        for index in new.indices {
            expected[tile(of: index)] += abs(new[index] - old[index])
            sizes[tile(of: index)] += abs(new[index])
        }
        expectClose(changes, expected, within: 1e-6 * Float(16 * size.channels), "\(size)")
        expectClose(magnitudes, sizes, within: 1e-6 * Float(16 * size.channels), "\(size)")

        let norm = BatchNorm(scale: random.values(size.channels), shift: random.values(size.channels))
        let spread = ScaleShift(norm, channels: channels)
        let tiles = (0..<Int32(count)).filter { $0 % 3 != 1 }
        tiles.withUnsafeBufferPointer { list in
            var adoption = puppet_tile_adoption(
                fresh: puppet_tensor(fresh.view), kept: kept.view.base,
                next: puppet_preactivation((activated.view, spread)), tiles: list.baseAddress!)
            withExtendedLifetime(spread) {
                instructionSet.kernels.adopt_tiles(&adoption, puppet_range(tiles.indices))
            }
        }
        let area = size.height * size.width
        let (isCopied, after, pre) = (
            new.indices.map { tile(of: $0) % 3 != 1 }, kept.view.planar, activated.view.planar
        )
        #expect(after == new.indices.map { isCopied[$0] ? new[$0] : old[$0] }, "\(size)")
        expectClose(
            pre,
            new.indices.map { isCopied[$0] ? max(new[$0] * norm.scale[$0 / area] + norm.shift[$0 / area], 0) : 0 },
            within: 1e-6, "pre-activation, \(size)")
        #expect(kept.damage + activated.damage == 0, "\(size): wrote outside the picture")
        compare(kept, with: fresh)
        #expect(tiles.allSatisfy { changes[Int($0)] == 0 }, "\(size): what is equal has not changed")
    }
}
