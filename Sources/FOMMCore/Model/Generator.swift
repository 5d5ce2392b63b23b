import CFOMMKernels

/// Source image and motion -> prediction. PyTorch: `OcclusionAwareGenerator`, `modules/generator.py`.
///
/// The encoder depends on the avatar alone and runs once for it (``encode(into:_:in:)``, into a ``SourceContext``); warp,
/// bottleneck and decoder run per frame (``decode(_:_:_:changes:in:)``). The weights are the same for pictures of every
/// size; a ``PicturePlan`` says where those of one size are computed.
struct Generator: Sendable {
    let first: SameBlock2d
    let down: [DownBlock2d]
    let bottleneck: [ResBlock2d]
    let up: [UpBlock2d]
    let final: FinalConvolution
    private let motionSize: Int
    private let alignCorners: Bool

    /// - Parameter motionSize: rows and columns of the deformation.
    init(
        _ description: GeneratorDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        motionSize: Int, frameSize: Int
    ) throws(WeightError) {
        let levels = description.down.count
        guard frameSize.isMultiple(of: 1 << levels) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file,
                "a frame of \(frameSize) pixels is not a multiple of \(1 << levels)")
        }
        let size = frameSize >> levels
        first = try SameBlock2d(description.first, reader)
        down = try description.down.map { (block) throws(WeightError) in try DownBlock2d(block, reader, size: nil) }
        let shape = TensorShape(down[levels - 1].outputChannels, height: size, width: size)
        bottleneck = try description.bottleneck.map { (block) throws(WeightError) in
            try ResBlock2d(block, reader, shape: shape)
        }
        up = try description.up.enumerated().map { (index, block) throws(WeightError) in
            try UpBlock2d(block, reader, size: size << (index + 1))
        }
        final = try FinalConvolution(description.final, reader)
        self.motionSize = motionSize
        alignCorners = configuration.alignCorners
    }

    var featureChannels: ChannelLayout { down[down.count - 1].outputChannels }

    /// Whether every layer from the bottleneck on can compute a part of its output.
    var takesTiles: Bool {
        !bottleneck.isEmpty && bottleneck.allSatisfy(\.takesTiles) && up.allSatisfy(\.takesTiles) && final.takesRuns
    }

    /// Convolutions of the bottleneck, each of which sees one pixel further.
    var bottleneckReach: Int { 2 * bottleneck.count }

    /// Where ``encode(into:_:in:)`` reads the avatar, in a workspace of the plan's `encoderLayout`.
    func encoderFrame(_ plan: PicturePlan, in workspace: Workspace) -> TensorView { workspace[plan.encoder.frame] }

    /// The avatar's features. - Output: the plan's `encodedShape`.
    func encode(into encoded: TensorView, _ plan: PicturePlan, in workspace: Workspace) {
        let slots = plan.encoder
        first(workspace[slots.frame], into: workspace[slots.first], in: workspace)
        for (index, block) in down.enumerated() {
            block(
                workspace[index == 0 ? slots.first : slots.pooled[index - 1]], by: workspace[slots.full[index]],
                into: index + 1 < down.count ? workspace[slots.pooled[index]] : encoded, in: workspace)
        }
    }

    /// Warps the encoded avatar and decodes it. - Returns: the prediction, planar `[3, size, size]`, 0...1, valid until
    /// the next run.
    func decode(
        _ encoded: TensorView, _ motion: DenseMotion, _ plan: PicturePlan, in workspace: Workspace
    ) -> UnsafeMutablePointer<Float> {
        let (x, activated, inner) = (
            workspace[plan.warped], workspace[plan.activated[0]], workspace[plan.inner[0]]
        )
        workspace.timed(LayerTime("warp", x.shape)) {
            warp(encoded, motion, into: x, bottleneck.first.map { (activated, $0.preactivation) }, plan, in: workspace)
        }
        for (index, block) in bottleneck.enumerated() {
            let next = index + 1 < bottleneck.count ? (activated, bottleneck[index + 1].preactivation) : nil
            block(x, activated: activated, inner: inner, into: x, next: next, in: workspace)
        }
        for (index, block) in up.enumerated() {
            block(
                index == 0 ? x : workspace[plan.decoded[index - 1]], into: workspace[plan.decoded[index]],
                in: workspace)
        }
        let output = workspace[plan.prediction]
        final(workspace[plan.decoded[up.count - 1]], by: workspace[plan.partials], into: output, in: workspace)
        return output
    }

    /// The same, but of what the run before left behind only the tiles that changed are computed anew.
    ///
    /// - Parameters:
    ///   - changes: of this plan and this workspace.
    ///   - isContinued: whether the run before in this plan's memory was one of these, too, of the same avatar; otherwise
    ///     all tiles have changed.
    func decode(
        _ avatar: EncodedAvatar, _ motion: DenseMotion, _ plan: PicturePlan, changes: ChangedTiles,
        by rule: ChangeRule, isContinued: Bool, in workspace: Workspace
    ) -> UnsafeMutablePointer<Float> {
        guard let slots = plan.kept else { preconditionFailure("layers that compute everything or nothing") }
        let (fresh, kept, x) = (workspace[plan.warped], workspace[slots.warped], workspace[slots.output])
        workspace.timed(LayerTime("warp", fresh.shape)) {
            warp(avatar.features, motion, into: fresh, nil, plan, in: workspace)
        }
        workspace.timed(LayerTime("changes", fresh.shape)) {
            if isContinued {
                let (found, magnitudes) = (workspace[slots.changes], workspace[slots.magnitudes])
                compare(fresh, kept, changes: found, magnitudes, in: workspace)
                changes.choose(found, magnitudes, mean: avatar.tileMagnitude, by: rule)
            } else {
                changes.chooseAll()
            }
            adopt(fresh, kept, workspace[plan.activated[0]], changes.changed, in: workspace)
        }
        let output = workspace[plan.prediction]
        guard changes.changed.count > 0 else { return output }
        for (index, block) in bottleneck.enumerated() {
            let next =
                index + 1 < bottleneck.count
                ? (workspace[plan.activated[index + 1]], bottleneck[index + 1].preactivation) : nil
            block(
                index == 0 ? kept : x, activated: workspace[plan.activated[index]], inner: workspace[plan.inner[index]],
                into: x, next: next, tiles: (changes.around(pixels: 2 * index + 1), changes.decoded), in: workspace)
        }
        for (index, block) in up.enumerated() {
            block(
                index == 0 ? x : workspace[plan.decoded[index - 1]], into: workspace[plan.decoded[index]],
                tiles: changes.upsampled(index), in: workspace)
        }
        final(
            workspace[plan.decoded[up.count - 1]], by: workspace[plan.partials], into: output, runs: changes.runs,
            in: workspace)
        return output
    }

    private func compare(
        _ fresh: TensorView, _ kept: TensorView, changes: UnsafeMutablePointer<Float>,
        _ magnitudes: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        let call = puppet_tile_changes(
            fresh: puppet_tensor(fresh), kept: kept.base, changes: changes, magnitudes: magnitudes)
        workspace.spread(call, over: fresh.shape.height / TileList.side * (fresh.shape.width / TileList.side)) {
            $0.tile_changes($1, $2)
        }
    }

    private func adopt(
        _ fresh: TensorView, _ kept: TensorView, _ activated: TensorView, _ tiles: TileList, in workspace: Workspace
    ) {
        let call = puppet_tile_adoption(
            fresh: puppet_tensor(fresh), kept: kept.base,
            next: puppet_preactivation((activated, bottleneck[0].preactivation)), tiles: tiles.indices)
        workspace.spread(call, over: tiles.count) { $0.adopt_tiles($1, $2) }
    }

    /// Deformation and occlusion map at the resolution of the features, then the warp.
    ///
    /// - Parameter next: receives `relu(norm(x))` with the norm of the block that comes next.
    private func warp(
        _ encoded: TensorView, _ motion: DenseMotion, into x: TensorView,
        _ next: (activated: TensorView, norm: ScaleShift)?, _ plan: PicturePlan, in workspace: Workspace
    ) {
        let shape = plan.encodedShape
        var (deformation, occlusion) = (motion.deformation, motion.occlusion)
        if motionSize != shape.height {
            deformation = resize(deformation, channels: 2, into: workspace[plan.resizedDeformation])
            occlusion = occlusion.map { resize($0, channels: 1, into: workspace[plan.resizedOcclusion]) }
        }
        let call = puppet_warp(
            input: puppet_tensor(encoded),
            unnormalise: puppet_unnormalise(height: shape.height, width: shape.width, alignCorners: alignCorners),
            deformation: deformation, occlusion: occlusion, output: puppet_tensor(x), next: puppet_preactivation(next))
        workspace.spread(call, over: shape.height) { $0.warp_rows($1, $2) }

        func resize(
            _ small: UnsafeMutablePointer<Float>, channels: Int32, into full: UnsafeMutablePointer<Float>
        ) -> UnsafeMutablePointer<Float> {
            let size = Int32(motionSize)
            workspace.kernels.resize_bilinear(
                puppet_image(data: small, channels: channels, height: size, width: size),
                puppet_image(data: full, channels: channels, height: Int32(shape.height), width: Int32(shape.width)))
            return full
        }
    }
}
