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
    ///   - halo: what the reader of the output needs around it, at least 1.
    init(
        _ reader: WeightReader, at path: String, from input: ChannelLayout, size: Int, halo: Int,
        _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        precondition(input.segments.count == 1, "the input of an hourglass is one segment of its output")
        var down: [DownBlock2d] = []
        for _ in 0..<max(1, reader.count(of: path + ".encoder.down_blocks.")) {
            let from = down.last?.outputChannels ?? input
            down.append(
                try DownBlock2d(
                    reader, at: "\(path).encoder.down_blocks.\(down.count)", from: from, size: size >> down.count))
        }
        guard size.isMultiple(of: 1 << down.count) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, tensor: path,
                "\(down.count) halvings of \(size) pixels are not whole numbers")
        }

        let skips = [input] + down.map(\.outputChannels)
        var up: [UpBlock2d] = []
        for level in (0..<down.count).reversed() {
            let from = up.last.map { ChannelLayout($0.outputChannels.channels, skips[level + 1].channels) }
            up.append(
                try UpBlock2d(
                    reader, at: "\(path).decoder.up_blocks.\(up.count)", from: from ?? skips[level + 1],
                    size: size >> level))
        }

        full = down.enumerated().map { level, block in
            guard block.poolsAfterwards else { return nil }
            return layout.reserve(TensorShape(block.outputChannels, height: size >> level, width: size >> level))
        }
        joined = up.reversed().enumerated().map { level, block in
            layout.reserve(
                TensorShape(
                    ChannelLayout(block.outputChannels.channels, skips[level].channels), height: size >> level,
                    width: size >> level, halo: level == 0 ? max(halo, 1) : 1))
        }
        bottom = layout.reserve(
            TensorShape(skips[down.count], height: size >> down.count, width: size >> down.count))
        self.down = down
        self.up = up
    }

    /// Where the caller writes the input.
    package func input(in workspace: Workspace) -> TensorView { workspace[joined[0]].segment(1) }

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
