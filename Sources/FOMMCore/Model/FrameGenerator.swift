/// Makes pictures of an avatar: dense motion, warp, decoder; owns the memory for it. Confined to one queue.
package final class FrameGenerator {
    package let model: FOMMModel
    let workspace: Workspace

    /// - Parameter threads: at least 1.
    package init(_ model: FOMMModel, threads: Int) {
        self.model = model
        workspace = Workspace(model.generatorLayout, threads: threads, instructionSet: model.instructionSet)
    }

    /// How the avatar's picture is to move. - Returns: valid until the next run.
    package func denseMotion(_ source: SourceContext, showing driving: Keypoints) -> DenseMotion {
        workspace.clock?.startFrame()
        return DenseMotion(
            output: model.dense(
                source: source.image, reference: source.keypoints, driving: driving, in: workspace))
    }

    /// - Parameter pixels: receives the picture, interleaved 8-bit RGB, `frameSize * frameSize` pixels.
    package func generate(
        _ source: SourceContext, _ motion: DenseMotion, into pixels: UnsafeMutableRawBufferPointer
    ) {
        let count = model.frameSize * model.frameSize
        precondition(pixels.count == 3 * count, "\(pixels.count) bytes for a picture of \(count) pixels")
        let prediction = model.generator.decode(source.features, motion.output, in: workspace)
        workspace.kernels.store_rgb8(prediction, count, pixels.baseAddress!)
    }

    /// Records, from now on, how large the inputs of convolutions become.
    package func recordRanges() { workspace.recorder = RangeRecorder() }

    /// What ``recordRanges()`` has found; empty without it.
    package var ranges: ActivationRanges { workspace.recorder?.ranges ?? ActivationRanges() }

    /// Times the layers of every frame from now on.
    package func timeLayers() { workspace.clock = LayerClock() }

    /// What ``timeLayers()`` has found, dense motion first; empty without it.
    package var layerTimes: [LayerTime] { workspace.clock?.layers ?? [] }
}

/// The outcome of ``FrameGenerator/denseMotion(_:showing:)``, in the generator's memory.
package struct DenseMotion {
    let output: DenseMotionNetwork.Output
}
