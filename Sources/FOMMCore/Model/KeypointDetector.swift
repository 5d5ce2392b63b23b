import CFOMMKernels

/// Driving frame or avatar -> keypoints. PyTorch: `KPDetector`, `modules/keypoint_detector.py`.
///
/// - Input: the frame, `[3, size, size]`, 0...1. Published: reduced to 64 x 64, an hourglass of 5 blocks, two 7x7 heads
///   (here one convolution) on 58 x 58; a heatmap per keypoint, its mean position, and Jacobians averaged under it.
struct KeypointDetector: Sendable {
    let keypointCount: Int
    /// Jacobian maps of the file: as many as keypoints, 1 for all of them, or 0.
    let jacobianMapCount: Int
    private let down: AntiAliasInterpolation2d?
    private let hourglass: Hourglass
    private let heads: TallConv2d
    private let padding: Int
    private let temperature: Float
    /// Coordinates of a line of a heatmap.
    private let line: FloatStorage
    /// Squared distance of every heatmap pixel from the middle.
    private let squaredRadii: [Float]

    private let frame: TensorSlot
    private let logits: TensorSlot
    private let maps: FloatSlot

    init(
        _ reader: WeightReader, _ configuration: ModelConfiguration, frameSize: Int, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        let path = "kp_detector"
        down = reader.contains(path + ".down.weight") ? try .init(reader, at: path + ".down") : nil
        let size = try MotionResolution.size(frameSize, reduced: down, reader)
        let rgb = ChannelLayout(3)
        padding = configuration.headPadding
        temperature = configuration.temperature
        hourglass = try Hourglass(
            reader, at: path + ".predictor", from: rgb, size: size, halo: padding, &layout)

        let inputs = hourglass.outputChannels.channels
        var weights = try ConvolutionWeights(reader, at: path + ".kp", inputs: inputs, kernelSize: 7)
        let keypointCount = weights.outputs
        guard keypointCount <= Keypoints.limit else {
            throw WeightError(
                .unsupportedModel, file: reader.file, tensor: path + ".kp.weight",
                "\(keypointCount) keypoints, at most \(Keypoints.limit) are supported")
        }
        if reader.contains(path + ".jacobian.weight") {
            let jacobian = try ConvolutionWeights(reader, at: path + ".jacobian", inputs: inputs, kernelSize: 7)
            guard jacobian.outputs == 4 || jacobian.outputs == 4 * keypointCount else {
                throw WeightError(
                    .wrongShape, file: reader.file, tensor: path + ".jacobian.weight",
                    "\(jacobian.outputs) output channels, expected 4 or \(4 * keypointCount)")
            }
            weights = weights.appending(jacobian)
            jacobianMapCount = jacobian.outputs / 4
        } else {
            jacobianMapCount = 0
        }
        self.keypointCount = keypointCount
        heads = TallConv2d(
            weights, from: hourglass.outputChannels, to: ChannelLayout(weights.outputs), for: reader.instructionSet)

        let headSize = size + 2 * padding - 6
        guard headSize > 0 else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, "a frame of \(frameSize) pixels is too small for this model")
        }
        let line = coordinateLine(headSize)
        self.line = FloatStorage(line)
        squaredRadii = line.flatMap { y in line.map { x in x * x + y * y } }
        frame = layout.reserve(TensorShape(rgb, height: frameSize, width: frameSize))
        logits = layout.reserve(TensorShape(heads.outputChannels, height: headSize, width: headSize, halo: 0))
        maps = layout.reserve(floats: weights.outputs * headSize * headSize)
    }

    /// Where the caller writes the frame.
    func frame(in workspace: Workspace) -> TensorView { workspace[frame] }

    /// `[keypoints, heatmapSize, heatmapSize]` of the last frame, each sums to 1.
    func heatmaps(in workspace: Workspace) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: workspace[maps], count: keypointCount * line.count * line.count)
    }

    /// Keypoints of the frame in ``frame(in:)``.
    func callAsFunction(in workspace: Workspace) -> Detection {
        let frame = workspace[frame]
        let input = hourglass.input(in: workspace)
        workspace.timed(LayerWork("blur, every n-th pixel", input.shape)) {
            if let down {
                down(frame, into: input, in: workspace)
            } else {
                input.copyPixels(of: frame)
            }
        }
        hourglass(in: workspace)
        let logits = workspace[logits]
        heads(hourglass.output(in: workspace), into: logits, padding: (padding, padding), in: workspace)

        return workspace.timed(LayerWork("keypoints and Jacobians", logits.shape)) {
            detection(logits, in: workspace)
        }
    }

    /// Heatmaps of the logits, their moments, and the Jacobians under them.
    private func detection(_ logits: TensorView, in workspace: Workspace) -> Detection {
        let (kernels, maps) = (workspace.kernels, workspace[maps])
        kernels.unpack(puppet_tensor(logits), Int32(heads.outputChannels.channels), maps)
        var keypoints = Keypoints(count: keypointCount, hasJacobians: jacobianMapCount > 0)
        var spreads = SIMD32<Float>.zero
        let area = line.count * line.count
        for index in 0..<keypointCount {
            let heatmap = maps + index * area
            kernels.softmax(heatmap, area, 1 / temperature)
            let mean = kernels.weighted_mean(heatmap, puppet_grid(square: line))
            keypoints[value: index] = SIMD2(mean.x, mean.y)
            let moment = kernels.dot(heatmap, squaredRadii, area)
            spreads[index] = max(moment - (mean.x * mean.x + mean.y * mean.y), 0).squareRoot()
            guard jacobianMapCount > 0 else { continue }
            let first = maps + (keypointCount + (jacobianMapCount == 1 ? 0 : 4 * index)) * area
            func average(_ component: Int) -> Double { Double(kernels.dot(heatmap, first + component * area, area)) }
            keypoints[jacobian: index] = Matrix2x2(average(0), average(1), average(2), average(3))
        }
        return Detection(keypoints: keypoints, spreads: spreads)
    }
}

/// The resolution at which motion is estimated.
enum MotionResolution {
    /// - Throws: ``WeightError`` `.wrongFrameSize` where the frame is not a whole number of steps.
    static func size(
        _ frameSize: Int, reduced down: AntiAliasInterpolation2d?, _ reader: WeightReader
    ) throws(WeightError) -> Int {
        let step = down?.step ?? 1
        guard frameSize.isMultiple(of: step) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, "a frame of \(frameSize) pixels is not a multiple of \(step)")
        }
        return frameSize / step
    }
}
