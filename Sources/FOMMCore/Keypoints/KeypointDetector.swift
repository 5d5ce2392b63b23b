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
    private let squaredRadii: FloatStorage

    private let frame: TensorSlot
    private let maps: FloatSlot
    /// What was found of each keypoint, see ``momentCount``.
    private let moments: FloatSlot

    init(
        _ description: HeadedHourglassDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        frameSize: Int, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        network = try HeadedHourglass(
            description, reader, configuration, frameSize: frameSize, padding: configuration.headPadding,
            exactAtEnd: 2, transformsIntegers: false, &layout)
        temperature = configuration.temperature
        keypointCount = description.heads[0].outputs
        jacobianMapCount = description.heads.dropFirst().reduce(0) { $0 + $1.outputs / 4 }

        let line = coordinateLine(network.logitsShape.height)
        self.line = FloatStorage(line)
        squaredRadii = FloatStorage(line.flatMap { y in line.map { x in x * x + y * y } })
        frame = layout.reserve(TensorShape(ChannelLayout(3), height: frameSize, width: frameSize))
        maps = layout.reserve(floats: network.logitsShape.channels.channels * line.count * line.count)
        moments = layout.reserve(floats: keypointCount * Self.momentCount)
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
        let area = line.count * line.count
        if jacobianMapCount == 1 {
            workspace.kernels.unpack(
                puppet_tensor(logits), puppet_range(keypointCount..<keypointCount + 4),
                workspace[maps] + keypointCount * area)
        }
        workspace.forEach(keypointCount, (self, workspace, logits)) { work, index, _ in
            work.0.findMoments(ofKeypoint: index, work.2, in: work.1)
        }
        var keypoints = Keypoints(count: keypointCount, hasJacobians: jacobianMapCount > 0)
        var spreads = SIMD32<Float>.zero
        for index in 0..<keypointCount {
            let found = workspace[moments] + index * Self.momentCount
            keypoints[value: index] = SIMD2(found[0], found[1])
            spreads[index] = max(found[2] - (found[0] * found[0] + found[1] * found[1]), 0).squareRoot()
            guard jacobianMapCount > 0 else { continue }
            keypoints[jacobian: index] = Matrix2x2(
                Double(found[3]), Double(found[4]), Double(found[5]), Double(found[6]))
        }
        return Detection(keypoints: keypoints, spreads: spreads)
    }

    /// Of a heatmap: mean x and y, mean squared distance from the middle, the Jacobian row by row.
    private static let momentCount = 7

    private func findMoments(ofKeypoint index: Int, _ logits: TensorView, in workspace: Workspace) {
        let (kernels, area, logits) = (workspace.kernels, line.count * line.count, puppet_tensor(logits))
        let (heatmap, found) = (workspace[maps] + index * area, workspace[moments] + index * Self.momentCount)
        kernels.unpack(logits, puppet_range(index..<index + 1), heatmap)
        kernels.softmax(heatmap, area, 1 / temperature)
        let mean = kernels.weighted_mean(heatmap, puppet_grid(square: line))
        (found[0], found[1]) = (mean.x, mean.y)
        found[2] = kernels.dot(heatmap, squaredRadii.pointer, area)
        guard jacobianMapCount > 0 else { return }
        let first = keypointCount + (jacobianMapCount == 1 ? 0 : 4 * index)
        let jacobians = workspace[maps] + first * area
        if jacobianMapCount > 1 { kernels.unpack(logits, puppet_range(first..<first + 4), jacobians) }
        for component in 0..<4 { found[3 + component] = kernels.dot(heatmap, jacobians + component * area, area) }
    }
}
