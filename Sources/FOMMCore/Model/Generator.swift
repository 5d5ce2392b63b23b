import CFOMMKernels

/// Source image and motion -> prediction. PyTorch: `OcclusionAwareGenerator`, `modules/generator.py`.
///
/// The encoder depends on the avatar alone and runs once for it (``encode(in:)``, into a ``SourceContext``); warp,
/// bottleneck and decoder run per frame (``decode(_:_:in:)``).
struct Generator: Sendable {
    private let frameSize: Int
    private let first: SameBlock2d
    private let down: [DownBlock2d]
    private let bottleneck: [ResBlock2d]
    private let up: [UpBlock2d]
    private let final: FinalConvolution
    private let motionSize: Int
    private let alignCorners: Bool

    /// Of the encoded avatar: `[256, 64, 64]` for the published model.
    let encodedShape: TensorShape
    /// What ``encode(in:)`` needs, apart from the per-frame memory: it is gone once an avatar is encoded.
    let encoderLayout: WorkspaceLayout
    private let encoder: EncoderSlots

    private let warped: TensorSlot
    private let activated: TensorSlot
    private let inner: TensorSlot
    private let decoded: [TensorSlot]
    private let partials: TensorSlot
    private let prediction: FloatSlot
    private let resizedDeformation: FloatSlot
    private let resizedOcclusion: FloatSlot

    private struct EncoderSlots: Sendable {
        let frame: TensorSlot
        let first: TensorSlot
        /// Convolutions before pooling.
        let full: [TensorSlot]
        /// After pooling, but for the last, which goes into the ``SourceContext``.
        let pooled: [TensorSlot]
    }

    /// - Parameter motionSize: rows and columns of the deformation.
    init(
        _ reader: WeightReader, _ configuration: ModelConfiguration, motionSize: Int, frameSize: Int,
        _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        let rgb = ChannelLayout(3)
        first = try SameBlock2d(reader, at: "generator.first", from: rgb, kernelSize: 7)
        var down: [DownBlock2d] = []
        for _ in 0..<max(1, reader.count(of: "generator.down_blocks.")) {
            let from = down.last?.outputChannels ?? first.outputChannels
            down.append(try DownBlock2d(reader, at: "generator.down_blocks.\(down.count)", from: from, size: nil))
        }
        let features = down[down.count - 1].outputChannels
        guard frameSize.isMultiple(of: 1 << down.count) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file,
                "a frame of \(frameSize) pixels is not a multiple of \(1 << down.count)")
        }
        let size = frameSize >> down.count
        encodedShape = TensorShape(features, height: size, width: size)
        var bottleneck: [ResBlock2d] = []
        for _ in 0..<reader.count(of: "generator.bottleneck.r") {
            bottleneck.append(
                try ResBlock2d(reader, at: "generator.bottleneck.r\(bottleneck.count)", shape: encodedShape))
        }
        var up: [UpBlock2d] = []
        for index in 0..<down.count {
            up.append(
                try UpBlock2d(
                    reader, at: "generator.up_blocks.\(index)", from: up.last?.outputChannels ?? features,
                    size: size << (index + 1)))
        }
        let last = up[up.count - 1].outputChannels
        let weights = try ConvolutionWeights(reader, at: "generator.final", inputs: last.channels, kernelSize: 7)
        guard weights.outputs == 3 else {
            throw WeightError(
                .wrongShape, file: reader.file, tensor: "generator.final.weight",
                "\(weights.outputs) output channels, expected 3 (RGB)")
        }
        final = try FinalConvolution(weights, reader, at: "generator.final", from: last)

        warped = layout.reserve(encodedShape)
        activated = layout.reserve(encodedShape)
        inner = layout.reserve(encodedShape)
        decoded = up.enumerated().map { index, block in
            let size = size << (index + 1)
            return layout.reserve(
                TensorShape(block.outputChannels, height: size, width: size, halo: index == up.count - 1 ? 3 : 1))
        }
        partials = layout.reserve(final.partialsShape(height: frameSize, width: frameSize))
        prediction = layout.reserve(floats: 3 * frameSize * frameSize)
        resizedDeformation = layout.reserve(floats: 2 * size * size)
        resizedOcclusion = layout.reserve(floats: size * size)

        var encoderLayout = WorkspaceLayout()
        encoder = EncoderSlots(
            frame: encoderLayout.reserve(TensorShape(rgb, height: frameSize, width: frameSize, halo: 3)),
            first: encoderLayout.reserve(TensorShape(first.outputChannels, height: frameSize, width: frameSize)),
            full: down.enumerated().map { index, block in
                let size = frameSize >> index
                return encoderLayout.reserve(TensorShape(block.outputChannels, height: size, width: size))
            },
            pooled: down.dropLast().enumerated().map { index, block in
                let size = frameSize >> (index + 1)
                return encoderLayout.reserve(TensorShape(block.outputChannels, height: size, width: size))
            })
        self.encoderLayout = encoderLayout
        self.down = down
        self.bottleneck = bottleneck
        self.up = up
        self.frameSize = frameSize
        self.motionSize = motionSize
        alignCorners = configuration.alignCorners
    }

    /// Where ``encode(into:in:)`` reads the avatar, in a workspace of ``encoderLayout``.
    func encoderFrame(in workspace: Workspace) -> TensorView { workspace[encoder.frame] }

    /// The avatar's features. - Output: `encodedShape`.
    func encode(into encoded: TensorView, in workspace: Workspace) {
        first(workspace[encoder.frame], into: workspace[encoder.first], in: workspace)
        for (index, block) in down.enumerated() {
            block(
                workspace[index == 0 ? encoder.first : encoder.pooled[index - 1]], by: workspace[encoder.full[index]],
                into: index + 1 < down.count ? workspace[encoder.pooled[index]] : encoded, in: workspace)
        }
    }

    /// Warps the encoded avatar and decodes it. - Returns: the prediction, planar `[3, size, size]`, 0...1, valid until
    /// the next run.
    func decode(
        _ encoded: TensorView, _ motion: DenseMotionNetwork.Output, in workspace: Workspace
    ) -> UnsafeMutablePointer<Float> {
        let (x, activated) = (workspace[warped], workspace[activated])
        workspace.timed(LayerWork("warp", x.shape)) {
            warp(encoded, motion, into: x, activated: activated, in: workspace)
        }
        for (index, block) in bottleneck.enumerated() {
            let next = index + 1 < bottleneck.count ? (activated, bottleneck[index + 1].preactivation) : nil
            block(x, activated: activated, inner: workspace[inner], into: x, next: next, in: workspace)
        }
        for (index, block) in up.enumerated() {
            block(index == 0 ? x : workspace[decoded[index - 1]], into: workspace[decoded[index]], in: workspace)
        }
        let output = workspace[prediction]
        final(workspace[decoded[up.count - 1]], by: workspace[partials], into: output, in: workspace)
        return output
    }

    /// Deformation and occlusion map at the resolution of the features, then the warp.
    private func warp(
        _ encoded: TensorView, _ motion: DenseMotionNetwork.Output, into x: TensorView, activated: TensorView,
        in workspace: Workspace
    ) {
        let (kernels, shape) = (workspace.kernels, encodedShape)
        var (deformation, occlusion) = (motion.deformation, motion.occlusion)
        if motionSize != shape.height {
            let (height, width) = (Int32(shape.height), Int32(shape.width))
            deformation = workspace[resizedDeformation]
            kernels.resize_bilinear(
                motion.deformation, 2, Int32(motionSize), Int32(motionSize), deformation, height, width)
            if let small = motion.occlusion {
                let full = workspace[resizedOcclusion]
                kernels.resize_bilinear(small, 1, Int32(motionSize), Int32(motionSize), full, height, width)
                occlusion = full
            }
        }
        let unnormalise = puppet_unnormalise(height: shape.height, width: shape.width, alignCorners: alignCorners)
        let preactivation = bottleneck.first?.preactivation
        let work = (kernels, encoded, unnormalise, deformation, occlusion, x, activated, preactivation)
        workspace.forEachBand(ofRows: shape.height, work) { work, rows, _ in
            let (kernels, encoded, unnormalise, deformation, occlusion, x, activated, preactivation) = work
            let shape = encoded.shape
            kernels.warp_rows(
                encoded.base, shape.blockStride, shape.rowStride, Int32(shape.channels.blockCount),
                Int32(shape.height), Int32(shape.width), unnormalise, deformation, occlusion, Int32(shape.width),
                x.base, preactivation == nil ? nil : activated.base, preactivation?.scale.pointer,
                preactivation?.shift.pointer, shape.blockStride, shape.rowStride, Int32(rows.lowerBound),
                Int32(rows.count))
        }
    }
}
