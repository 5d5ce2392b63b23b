import CFOMMKernels

/// A 3x3 convolution by Winograd's F(4x4, 3x3), with its weights transformed when the model is loaded: 36 products where
/// ``Conv2d`` has 144, for rounding that is five to ten times larger. See Sources/CFOMMKernels/template/winograd.h.
struct WinogradConv2d: Sendable {
    private let direct: Conv2d
    private let weights: FloatStorage

    /// Whether `instructionSet` has the kernel and it fits an image of `height` x `width` pixels.
    static func fits(_ instructionSet: InstructionSet, height: Int, width: Int) -> Bool {
        instructionSet.kernels.winograd_tiles != nil && height.isMultiple(of: 4) && width.isMultiple(of: 4)
    }

    /// - Parameter source: a 3x3 convolution, as PyTorch stores it.
    init(_ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout) {
        precondition(source.kernelSize == 3, "Winograd's transform of a \(source.kernelSize)-wide kernel")
        // Everything but the weights is what a 1x1 convolution of the same channels has.
        direct = Conv2d(
            weights: [Float](repeating: 0, count: source.outputs * source.inputs), bias: source.bias, from: input,
            to: output, kernelHeight: 1, kernelWidth: 1)
        let (block, inputs, blocks) = (ChannelLayout.block, source.inputs, output.blockCount)
        weights = FloatStorage(count: Self.positions * blocks * inputs * block) { packed in
            for (index, lane) in output.lanes.enumerated() {
                for channel in 0..<inputs {
                    let kernel = source.weights[(index * inputs + channel) * 9..<(index * inputs + channel + 1) * 9]
                    let column = packed + (lane / block * inputs + channel) * block + lane % block
                    Self.transform(kernel.map(Double.init)) { position, value in
                        column[position * blocks * inputs * block] = Float(value)
                    }
                }
            }
        }
    }

    private static let positions = 36

    /// `G g G'` of a 3x3 kernel, row by row.
    private static func transform(_ kernel: [Double], _ store: (_ position: Int, _ value: Double) -> Void) {
        func line(_ a: Double, _ b: Double, _ c: Double) -> [Double] {
            [a / 4, -(a + b + c) / 6, (b - a - c) / 6, a / 24 + b / 12 + c / 6, a / 24 - b / 12 + c / 6, c]
        }
        let columns = (0..<3).map { line(kernel[$0], kernel[3 + $0], kernel[6 + $0]) }
        for row in 0..<6 {
            let values = line(columns[0][row], columns[1][row], columns[2][row])
            for column in 0..<6 { store(6 * row + column, values[column]) }
        }
    }

    /// - Input: `[inputChannels, H, W]`, halo of at least 1. Output: `[outputChannels, H, W]`; both multiples of 4.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, epilogue: Conv2d.Epilogue, in workspace: Workspace
    ) {
        let shape = output.shape
        precondition(
            Self.fits(workspace.instructionSet, height: shape.height, width: shape.width)
                && input.shape.height == shape.height && input.shape.width == shape.width,
            "WinogradConv2d \(input.shape) into \(shape)")
        direct.withCall(input, firstTap: (-1, -1), into: output, epilogue: epilogue) { call in
            var call = call
            call.weights = weights.pointer
            let tiles = shape.height * shape.width / 16
            let tilesPerItem = min(Self.tilesPerItem, (tiles + 2 * workspace.threads - 1) / (2 * workspace.threads))
            let blocks = Int(call.input_blocks) + Int(workspace.kernels.group_blocks)
            workspace.reserveScratch(
                floatsPerWorker: Self.positions * blocks * tilesPerItem * ChannelLayout.block)
            withUnsafePointer(to: call) { call in
                let work = (workspace, call, tiles, tilesPerItem)
                workspace.forEach((tiles + tilesPerItem - 1) / tilesPerItem, work) { work, item, worker in
                    let (workspace, call, tiles, tilesPerItem) = work
                    let first = item * tilesPerItem
                    workspace.kernels.winograd_tiles!(
                        call, Int32(first), Int32(min(tilesPerItem, tiles - first)),
                        workspace.scratch(ofWorker: worker))
                }
            }
        }
    }

    /// With 256 channels, transformed tiles of 1.2 MB a thread: about a second-level cache, and every weight that is
    /// loaded serves 32 tiles.
    private static let tilesPerItem = 32
}
