/// Encoder and decoder with skips; the last skip is the input itself. PyTorch: `Hourglass`, `modules/util.py`.
///
/// - Input: `[inputs, H, W]`, both divisible by `2^blocks`. Output: `[width + inputs, H, W]`.
///
/// Every concatenation of the decoder is one tensor whose second segment the encoder writes and reads, so that a skip
/// is never copied; the input is the second segment of the output.
struct Hourglass: Sendable {
    private let down: [DownBlock2d]
    private let up: [UpBlock2d]
    /// Convolutions before pooling, where they need room, from the widest image to the narrowest.
    private let full: [TensorSlot?]
    /// `[decoder, skip]` per resolution, from the widest image to the narrowest.
    private let joined: [TensorSlot]
    private let bottom: TensorSlot

    /// - Parameters:
    ///   - size: rows and columns of the input.
    ///   - halo: what the reader of the output needs around it, at least 1.
    ///   - exactAtEnd: how many of the last blocks are float32 in int8, too, like the first, which reads pictures.
    ///   - transformsIntegers: in the decoder, as for ``UpBlock2d``. In the encoder none is: it rounds more than that of an
    ///     upsampled image.
    init(
        _ hourglass: HourglassDescription, _ reader: WeightReader, size: Int, halo: Int, exactAtEnd: Int,
        transformsIntegers: Bool,
        _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        let levels = hourglass.down.count
        guard size.isMultiple(of: 1 << levels) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, tensor: hourglass.path,
                "\(levels) halvings of \(size) pixels are not whole numbers")
        }
        // Coarser integers move what is found further than a tenth of a pixel.
        let inner = reader.using(reader.instructionSet.int8Levels == Self.levelsNeeded ? .withRanges : .none)
        let exact = reader.using(.none)
        down = try hourglass.down.enumerated().map { (level, block) throws(WeightError) in
            try DownBlock2d(block, level == 0 ? exact : inner, size: size >> level)
        }
        up = try hourglass.up.enumerated().map { (index, block) throws(WeightError) in
            try UpBlock2d(
                block, index < hourglass.up.count - exactAtEnd ? inner : exact, size: size >> (levels - 1 - index),
                transformsIntegers: transformsIntegers)
        }

        full = down.enumerated().map { level, block in
            guard block.poolsAfterwards else { return nil }
            return layout.reserve(TensorShape(block.outputChannels, height: size >> level, width: size >> level))
        }
        let joints = [hourglass.outputs] + hourglass.up.dropFirst().reversed().map(\.convolution.inputs)
        joined = joints.enumerated().map { level, channels in
            layout.reserve(
                TensorShape(
                    ChannelLayout(channels), height: size >> level, width: size >> level,
                    halo: level == 0 ? max(halo, 1) : 1))
        }
        bottom = layout.reserve(
            TensorShape(down[levels - 1].outputChannels, height: size >> levels, width: size >> levels))
    }

    /// ``InstructionSet/int8Levels`` of integers that are fine enough.
    private static let levelsNeeded = 127

    /// Where the caller writes the input.
    func input(in workspace: Workspace) -> TensorView { workspace[joined[0]].segment(1) }

    func output(in workspace: Workspace) -> TensorView { workspace[joined[0]] }

    var outputChannels: ChannelLayout { joined[0].shape.channels }

    /// From ``input(in:)`` to ``output(in:)``.
    func callAsFunction(in workspace: Workspace) {
        for (level, block) in down.enumerated() {
            let output = level + 1 < down.count ? workspace[joined[level + 1]].segment(1) : workspace[bottom]
            let room = full[level].map { workspace[$0] }
            block(workspace[joined[level]].segment(1), by: room, into: output, in: workspace)
        }
        for (index, block) in up.enumerated() {
            let level = up.count - 1 - index
            let input = index == 0 ? workspace[bottom] : workspace[joined[level + 1]]
            block(input, into: workspace[joined[level]].segment(0), in: workspace)
        }
    }
}
