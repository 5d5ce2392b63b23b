import CFOMMKernels

/// A 3x3 convolution by Winograd's F(4x4, 3x3), with its weights transformed when the model is loaded: 36 products where
/// ``Conv2d`` has 144, for twice the rounding; 25 where the image is upsampled by 2 beforehand. See
/// Sources/CFOMMKernels/template/winograd.h.
///
/// What it costs is memory: 36 transformed weights for 9, 25 where ``UpsamplingConv2d`` has 16.
struct WinogradConv2d: Sendable {
    /// What is convolved.
    enum Image: Sendable {
        case plain
        /// The input with every pixel as 2x2 pixels.
        case upsampled
    }

    private let image: Image
    private let name: String?
    private let transformed: Conv2d

    /// Whether `instructionSet` has the kernel and it fits a result of `height` x `width` pixels.
    static func fits(_ instructionSet: InstructionSet, height: Int, width: Int) -> Bool {
        instructionSet.kernels.winograd_tiles != nil && height.isMultiple(of: 4) && width.isMultiple(of: 4)
    }

    /// Whether it is also faster there. Where there are few tiles, reading the transformed weights takes longer than the
    /// products they save; with few input channels the transforms do. docs/kernels.md has the figures.
    static func pays(_ instructionSet: InstructionSet, inputs: Int, height: Int, width: Int) -> Bool {
        fits(instructionSet, height: height, width: width) && height * width >= 16 * 16 && inputs >= 32
    }

    /// The convolution whose weights are at `path`, in the precision that the file is read for.
    init(
        _ source: ConvolutionWeights, _ reader: WeightReader, at path: String, from input: ChannelLayout,
        to output: ChannelLayout, image: Image = .plain
    ) throws(WeightError) {
        self.init(
            source, from: input, to: output, image: image, name: reader.rangesName(of: path),
            quantisation: try reader.quantisation(
                of: path, positions: Self.inputPositions(image), channels: source.inputs),
            format: reader.instructionSet.int8Format)
    }

    /// - Parameters:
    ///   - source: a 3x3 convolution, as PyTorch stores it.
    ///   - name: what a ``RangeRecorder`` calls its ranges; `nil` where nobody wants to know them.
    ///   - quantisation: computes on 8-bit integers, where the instruction set `format` comes from can do that.
    init(
        _ source: ConvolutionWeights, from input: ChannelLayout, to output: ChannelLayout, image: Image = .plain,
        name: String? = nil, quantisation: Quantisation? = nil,
        format: Quantisation.Format = .none
    ) {
        precondition(source.kernelSize == 3, "Winograd's transform of a \(source.kernelSize)-wide kernel")
        self.image = image
        self.name = name
        let transformed = Conv2d(
            transforming: source.weights, by: Conv2d.square(of: Self.kernelTransform(image)), bias: source.bias,
            from: input, to: output, kernelHeight: 1,
            kernelWidth: 1)
        self.transformed =
            quantisation.map { transformed.quantised($0, sources: Self.sources(image), format: format) } ?? transformed
    }

    /// Positions of the input's transform.
    static func inputPositions(_ image: Image) -> Int { sources(image).reduce(0, max) + 1 }

    /// Per position of the weights, which of the input's transform it is multiplied with; see winograd.h.
    private static func sources(_ image: Image) -> [Int] {
        switch image {
        case .plain: Array(0..<36)
        case .upsampled: (0..<25).map { 4 * ($0 / 5 - ($0 / 5 > 2 ? 1 : 0)) + $0 % 5 - ($0 % 5 > 2 ? 1 : 0) }
        }
    }

    /// Points of the transform besides 0 and infinity; see Sources/CFOMMKernels/template/winograd.h.
    private static let (near, far) = (0.5.squareRoot(), 2.0.squareRoot())

    /// G: what a row or column of three weights becomes.
    static func kernelTransform(_ image: Image) -> [[Double]] {
        switch image {
        case .plain:
            [
                [1, 0, 0], [-2.0 / 3, -2.0 / 3 * near, -1.0 / 3], [-2.0 / 3, 2.0 / 3 * near, -1.0 / 3],
                [1.0 / 6, 1.0 / 6 * far, 1.0 / 3], [1.0 / 6, -1.0 / 6 * far, 1.0 / 3], [0, 0, 1],
            ]
        case .upsampled: [[1, 0, 0], [0.5, 0.5, 0.5], [0, 0.5, 0], [0.5, 0, -0.5], [0, 0, 1]]
        }
    }

    /// - Parameters:
    ///   - pooled: store the mean of 2x2 pixels after the activation; no residual, no pre-activation.
    ///   - tiles: of the convolution's result, before pooling; `nil` for all of them.
    /// - Input: `[inputChannels, H, W]`, halo of at least 1, or `[inputChannels, H/2, W/2]` to be upsampled. Output:
    ///   `[outputChannels, H, W]`, or `[outputChannels, H/2, W/2]` of a pooled one. H and W are multiples of 4.
    func callAsFunction(
        _ input: TensorView, into output: TensorView, pooled: Bool = false, tiles: TileList? = nil,
        epilogue: Conv2d.Epilogue, in workspace: Workspace
    ) {
        let upsampled = image == .upsampled
        let (height, width) =
            upsampled ? (2 * input.shape.height, 2 * input.shape.width) : (input.shape.height, input.shape.width)
        precondition(
            Self.fits(workspace.instructionSet, height: height, width: width)
                && (pooled ? 2 : 1) * output.shape.height == height
                && (pooled ? 2 : 1) * output.shape.width == width
                && !(pooled && (epilogue.residual != nil || epilogue.next != nil || output.integers != nil))
                && input.integers == nil,
            "WinogradConv2d \(input.shape) into \(output.shape)")
        workspace.timed(
            LayerTime(
                upsampled ? "upsampled 3x3" : pooled ? "3x3, pooled" : "3x3", "winograd", input.shape, output.shape,
                products: 9 * height * width, of: transformed,
                computed: upsampled ? 25.0 / 144 : 1.0 / 4)
        ) {
            var call = puppet_winograd(
                convolution: transformed.call(input, padding: (1, 1), into: output, epilogue: epilogue),
                upsampled: upsampled, pooled: pooled, tiles: tiles?.indices)
            run(&call, tiles: tiles?.count ?? height * width / 16, in: workspace)
        }
    }

    private func run(_ call: inout puppet_winograd, tiles: Int, in workspace: Workspace) {
        if let name, let recorder = workspace.recorder {
            recorder.raise(
                name, to: ranges(call, tiles: tiles, in: workspace), positions: Self.inputPositions(image),
                transformed.inputChannels)
        }
        if let int8 = transformed.int8 {
            call.convolution.weights = int8.call(in: workspace) { ranges(call, tiles: tiles, in: workspace) }
        }
        withUnsafePointer(to: call) { Self.run($0, tiles: tiles, in: workspace) }
    }

    /// The largest magnitude of every channel at every position of the input's transform, `[positions][input blocks][16]`;
    /// valid until the scratch memory is used again.
    private func ranges(
        _ call: puppet_winograd, tiles: Int, in workspace: Workspace
    ) -> UnsafePointer<Float> {
        let count = Self.inputPositions(image) * transformed.inputChannels.blockCount * ChannelLayout.block
        let groups = (tiles + Self.tilesPerGroup - 1) / Self.tilesPerGroup
        return withUnsafePointer(to: call) { call in
            workspace.largest(count, items: groups, (workspace.kernels, call, tiles)) { work, group, ranges in
                let (kernels, call, tiles) = work
                let first = group * Self.tilesPerGroup
                kernels.winograd_ranges!(call, puppet_range(first..<min(first + Self.tilesPerGroup, tiles)), ranges)
            }
        }
    }

    /// Spreads the tiles over the threads, in groups. Where those are few, an item of work is a part of the output blocks
    /// of a group: to transform the group's input more than once costs less than an idle thread, and each thread then
    /// reads only a part of the weights. Where these are still few, groups are smaller.
    private static func run(_ call: UnsafePointer<puppet_winograd>, tiles: Int, in workspace: Workspace) {
        let (threads, groupBlocks) = (workspace.threads, Int(workspace.kernels.group_blocks))
        let inputBlocks = Int(call.pointee.convolution.input.blocks)
        let outputBlocks = Int(call.pointee.convolution.output.blocks)
        guard tiles > 0 else { return }
        var groups = (tiles + tilesPerGroup - 1) / tilesPerGroup
        let areMany = groups >= 4 * threads
        if areMany { groups = (groups + threads - 1) / threads * threads }
        let parts = areMany ? 1 : min(threads, (outputBlocks + groupBlocks - 1) / groupBlocks)
        if groups * parts < workspace.partsWanted {
            groups = max(groups, min((workspace.partsWanted + parts - 1) / parts, tiles / leastTilesPerGroup))
        }
        let kernelPixels = Int(workspace.kernels.tile_pixels)
        let ofWholeTiles = areMany ? tilesOfAGroup(tiles, threads: threads, kernelPixels: kernelPixels) : nil
        let perGroup = ofWholeTiles ?? (tiles + groups - 1) / groups
        groups = (tiles + perGroup - 1) / perGroup
        let blocksPerPart = ((outputBlocks + parts - 1) / parts + groupBlocks - 1) / groupBlocks * groupBlocks
        workspace.reserveScratch(
            floatsPerWorker: 36 * ((inputBlocks * perGroup | 1) + (groupBlocks * perGroup | 1)) * ChannelLayout.block)
        let work = (workspace, call, tiles, perGroup, parts, blocksPerPart)
        workspace.forEach(groups * parts, work) { work, item, worker in
            let (workspace, call, tiles, perGroup, parts, blocksPerPart) = work
            let (group, part) = item.quotientAndRemainder(dividingBy: parts)
            let (firstTile, firstBlock) = (group * perGroup, part * blocksPerPart)
            let outputBlocks = Int(call.pointee.convolution.output.blocks)
            guard firstTile < tiles, firstBlock < outputBlocks else { return }
            workspace.kernels.winograd_tiles!(
                call, puppet_range(firstTile..<min(firstTile + perGroup, tiles)),
                puppet_range(firstBlock..<min(firstBlock + blocksPerPart, outputBlocks)),
                workspace.scratch(ofWorker: worker))
        }
    }

    /// Of how many tiles a group is where a kernel multiplies few of them together: a multiple of that number, and the largest of
    /// those with which the busiest thread has least to do; `nil` where it multiplies many, which may as well be some less.
    private static func tilesOfAGroup(_ tiles: Int, threads: Int, kernelPixels: Int) -> Int? {
        func ofBusiest(_ perGroup: Int) -> Int {
            let (groups, last) = ((tiles + perGroup - 1) / perGroup, (tiles - 1) % perGroup + 1)
            let rounds = (groups + threads - 1) / threads
            return (rounds - 1) * perGroup + ((groups - 1) % threads == 0 ? last : perGroup)
        }
        return stride(from: 3 * kernelPixels, through: mostTilesPerGroup, by: kernelPixels)
            .min { (ofBusiest($0), -$0) < (ofBusiest($1), -$1) }
    }

    /// Two tiles of AVX-512's convolution. With 128 channels the transformed input takes 0.5 MB, half a second-level
    /// cache.
    private static let tilesPerGroup = 28
    private static let leastTilesPerGroup = 8
    /// Five tiles of AVX2's.
    private static let mostTilesPerGroup = 30
}
