/// Makes pictures of an avatar: dense motion, warp, decoder; owns the memory for it. Confined to one queue.
public final class FrameGenerator {
    public let model: FOMMModel
    let workspace: Workspace
    /// As many as the model has plans.
    private var kept: [KeptPicture]

    /// What one plan's memory holds of the picture before, where only changes are computed.
    private struct KeptPicture {
        /// `nil` where layers cannot compute a part.
        let tiles: ChangedTiles?
        /// What the picture was made from; `nil` where nothing in memory is of use.
        var avatar: EncodedAvatar?
    }

    /// - Parameter threads: at least 1.
    public init(_ model: FOMMModel, threads: Int) {
        self.model = model
        workspace = Workspace(model.generatorLayout, threads: threads, instructionSet: model.instructionSet)
        kept = model.plans.map { plan in
            KeptPicture(tiles: model.generator.takesTiles ? ChangedTiles(model.generator, plan) : nil)
        }
    }

    /// How the avatar's picture is to move.
    ///
    /// - Parameter share: how much of that it does, place by place; `nil` for all of it.
    /// - Returns: valid until the next run.
    public func denseMotion(
        _ source: SourceContext, showing driving: Keypoints, share: MotionShare? = nil
    ) -> DenseMotion {
        workspace.clock?.startFrame()
        let motion = model.dense(source: source.image, reference: source.keypoints, driving: driving, in: workspace)
        if let share { model.dense.reduce(motion, to: share) }
        return motion
    }

    /// - Parameters:
    ///   - effort: of a size that `source` is encoded at.
    ///   - pixels: receives the picture, interleaved 8-bit RGB; rows and columns are the effort's size of the frame size.
    /// - Returns: which part of the picture was computed, 0...1: less than 1 only where `effort`
    ///   asks for changes.
    @discardableResult
    public func generate(
        _ source: SourceContext, _ motion: DenseMotion, effort: GeneratorEffort = .everything,
        into pixels: UnsafeMutableRawBufferPointer
    ) -> Double {
        let plan = model.plan(effort.scale)
        let count = plan.size * plan.size
        precondition(pixels.count == 3 * count, "\(pixels.count) bytes for a picture of \(count) pixels")
        let avatar = source.encoded(effort.scale)
        let index = model.plans.firstIndex { $0.scale == effort.scale }!
        let (prediction, computed): (UnsafeMutablePointer<Float>, Double)
        if let rule = effort.changes, let tiles = kept[index].tiles {
            let isContinued = kept[index].avatar === avatar
            kept[index].avatar = avatar
            prediction = model.generator.decode(
                avatar, motion, plan, changes: tiles, by: rule, isContinued: isContinued, in: workspace)
            computed = tiles.share
        } else {
            kept[index].avatar = nil
            prediction = model.generator.decode(avatar.features, motion, plan, in: workspace)
            computed = 1
        }
        workspace.kernels.store_rgb8(prediction, count, pixels.baseAddress!)
        return computed
    }

    /// Records, from now on, how large the inputs of convolutions become.
    public func recordRanges() { workspace.recorder = RangeRecorder() }

    /// What ``recordRanges()`` has found; empty without it.
    public var ranges: ActivationRanges { workspace.recorder?.ranges ?? ActivationRanges() }

    /// Times the layers of every frame from now on.
    public func timeLayers() { workspace.clock = LayerClock() }

    /// What ``timeLayers()`` has found, dense motion first; empty without it.
    public var layerTimes: [LayerTime] { workspace.clock?.layers ?? [] }
}
