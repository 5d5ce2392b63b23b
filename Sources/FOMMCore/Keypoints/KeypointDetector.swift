import CFOMMKernels

/// Driving frame or avatar -> keypoints. PyTorch: `KPDetector`, `modules/keypoint_detector.py`.
///
/// - Input: the frame, `[3, size, size]`, 0...1. Published: reduced to 64 x 64, an hourglass of 5 blocks, two 7x7 heads
///   (here one convolution) on 58 x 58; a heatmap per keypoint, its mean position, and Jacobians averaged under it.
struct KeypointDetector: Sendable {
    let keypointCount: Int
    /// Jacobian maps of the file: as many as keypoints, 1 for all of them, or 0.
    let jacobianMapCount: Int
    private let network: HeadedHourglass
    private let temperature: Float
    /// Coordinates of a line of a heatmap.
    private let line: FloatStorage
    /// Squared distance of every heatmap pixel from the middle.
    private let squaredRadii: [Float]

    private let frame: TensorSlot
    private let maps: FloatSlot

    init(
        _ description: HeadedHourglassDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        frameSize: Int, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        network = try HeadedHourglass(
            description, reader, configuration, frameSize: frameSize, padding: configuration.headPadding, &layout)
        temperature = configuration.temperature
        keypointCount = description.heads[0].outputs
        jacobianMapCount = description.heads.dropFirst().reduce(0) { $0 + $1.outputs / 4 }

        let line = coordinateLine(network.logitsShape.height)
        self.line = FloatStorage(line)
        squaredRadii = line.flatMap { y in line.map { x in x * x + y * y } }
        frame = layout.reserve(TensorShape(ChannelLayout(3), height: frameSize, width: frameSize))
        maps = layout.reserve(floats: network.logitsShape.channels.channels * line.count * line.count)
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
        let input = network.input(in: workspace)
        workspace.timed(LayerTime("blur, every n-th pixel", input.shape)) {
            network.reduce(frame, into: input, in: workspace)
        }
        let logits = network(in: workspace)
        return workspace.timed(LayerTime("keypoints and Jacobians", logits.shape)) {
            detection(logits, in: workspace)
        }
    }

    /// Heatmaps of the logits, their moments, and the Jacobians under them.
    private func detection(_ logits: TensorView, in workspace: Workspace) -> Detection {
        let (kernels, maps) = (workspace.kernels, workspace[maps])
        kernels.unpack(puppet_tensor(logits), Int32(logits.shape.channels.channels), maps)
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
