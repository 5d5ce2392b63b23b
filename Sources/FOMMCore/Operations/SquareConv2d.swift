import CFOMMKernels

/// A 7x7 convolution by F(4x4, 7x7), where the instruction set has it: 100 products where ``Conv2d`` has 784. See
/// Sources/CFOMMKernels/template/square_conv2d.h.
struct SquareConv2d: Sendable {
    private enum Method: Sendable {
        case direct(Conv2d)
        case transformed(Conv2d)
    }

    private let method: Method
    let outputChannels: ChannelLayout

    /// - Parameter source: a 7x7 convolution, as PyTorch stores it.
    init(
        _ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout,
        for instructionSet: InstructionSet
    ) {
        precondition(source.kernelSize == Self.side, "SquareConv2d of a \(source.kernelSize)-wide kernel")
        outputChannels = output
        if instructionSet.kernels.square_conv2d_tiles == nil {
            method = .direct(Conv2d(source, from: input, to: output))
        } else {
            method = .transformed(
                Conv2d(
                    transforming: source.weights, by: Conv2d.square(of: TallConv2d.kernelTransform),
                    bias: source.bias, from: input, to: output, kernelHeight: 1, kernelWidth: 1))
        }
    }

    private static let side = 7

    /// - Input: `[inputChannels, H, W]` with a halo of at least the padding. Output: `[outputChannels, H', W']` where
    ///   `H' = H + 2 padding - 6`, `W' = W + 2 padding - 6`.
    func callAsFunction(_ input: TensorView, into output: TensorView, padding: Int, in workspace: Workspace) {
        let shape = output.shape
        precondition(
            shape.height == input.shape.height + 2 * padding - Self.side + 1
                && shape.width == input.shape.width + 2 * padding - Self.side + 1,
            "SquareConv2d \(input.shape) into \(shape)")
        switch method {
        case .direct(let convolution):
            convolution(input, into: output, padding: (padding, padding), in: workspace)
        case .transformed(let convolution):
            workspace.timed(
                LayerTime(
                    "7x7", "F(4, 7) twice", input.shape, shape,
                    products: Self.side * Self.side * shape.height * shape.width, of: convolution,
                    computed: 100.0 / 784)
            ) {
                let call = convolution.call(input, padding: (padding, padding), into: output, epilogue: .init())
                withUnsafePointer(to: call) { Self.run($0, in: workspace) }
            }
        }
    }

    /// An item of work is a line of tiles, or a part of it where that makes too few.
    private static func run(_ call: UnsafePointer<puppet_conv2d>, in workspace: Workspace) {
        let lines = (Int(call.pointee.output.height) + TileList.side - 1) / TileList.side
        let tiles = (Int(call.pointee.output.width) + TileList.side - 1) / TileList.side
        let parts = min(
            (tiles + leastTilesPerItem - 1) / leastTilesPerItem,
            max((tiles + tilesPerItem - 1) / tilesPerItem, (workspace.partsWanted + lines - 1) / lines))
        let perItem = (tiles + parts - 1) / parts
        let (inputBlocks, groupBlocks) = (Int(call.pointee.input.blocks), Int(workspace.kernels.group_blocks))
        let columns = TileList.side * perItem + side - 1
        workspace.reserveScratch(
            floatsPerWorker: (100 * ((inputBlocks * perItem | 1) + (groupBlocks * perItem | 1)) + 10 * (columns | 1))
                * ChannelLayout.block)
        workspace.forEach(lines * parts, (workspace, call, parts, perItem, tiles)) { work, item, worker in
            let (workspace, call, parts, perItem, tiles) = work
            let (line, part) = item.quotientAndRemainder(dividingBy: parts)
            let first = part * perItem
            guard first < tiles else { return }
            workspace.kernels.square_conv2d_tiles!(
                call, Int32(TileList.side * line), puppet_range(first..<min(first + perItem, tiles)),
                workspace.scratch(ofWorker: worker))
        }
    }

    /// A line of the published size. With 124 channels the transformed input takes 0.8 MB.
    private static let tilesPerItem = 16
    /// Fewer would leave the multipliers idle.
    private static let leastTilesPerItem = 4
}
