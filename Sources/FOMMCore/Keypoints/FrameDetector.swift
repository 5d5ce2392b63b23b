import CFOMMKernels

/// Finds keypoints in pictures; owns the memory for it. Confined to one queue.
public final class FrameDetector {
    public let model: FOMMModel
    let workspace: Workspace

    /// - Parameter threads: at least 1.
    public init(_ model: FOMMModel, threads: Int) {
        self.model = model
        workspace = Workspace(model.detectorLayout, threads: threads, instructionSet: model.instructionSet)
    }

    /// - Parameter pixels: interleaved 8-bit RGB, `frameSize * frameSize` pixels, top row first.
    public func detect(rgb8 pixels: UnsafeRawBufferPointer) -> Keypoints { detection(rgb8: pixels).keypoints }

    /// Keypoints, and what tells how sure they are.
    /// - Parameter pixels: as for ``detect(rgb8:)``.
    public func detection(rgb8 pixels: UnsafeRawBufferPointer) -> Detection {
        workspace.clock?.startFrame()
        workspace.load(rgb8: pixels, into: model.detector.frame(in: workspace))
        return model.detector(in: workspace)
    }

    /// Records, from now on, how large the inputs of convolutions become.
    public func recordRanges() { workspace.recorder = RangeRecorder() }

    /// What ``recordRanges()`` has found; empty without it.
    public var ranges: ActivationRanges { workspace.recorder?.ranges ?? ActivationRanges() }

    /// Times the layers of every frame from now on.
    public func timeLayers() { workspace.clock = LayerClock() }

    /// What ``timeLayers()`` has found; empty without it.
    public var layerTimes: [LayerTime] { workspace.clock?.layers ?? [] }
}

extension Workspace {
    /// Interleaved 8-bit RGB -> `[3, H, W]`, 0...1.
    func load(rgb8 pixels: UnsafeRawBufferPointer, into tensor: TensorView) {
        let shape = tensor.shape
        precondition(pixels.count == 3 * shape.height * shape.width, "\(pixels.count) bytes for \(shape)")
        kernels.load_rgb8(pixels.baseAddress!, puppet_tensor(tensor))
    }
}
