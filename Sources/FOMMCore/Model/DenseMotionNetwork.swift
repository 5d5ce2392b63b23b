import CFOMMKernels

/// Sparse motion of K keypoints and the background -> deformation, mask and occlusion map at the motion resolution.
/// PyTorch: `DenseMotionNetwork`, `modules/dense_motion.py`; Eq. 4 to 7.
///
/// - Input: the source at the motion resolution, `[3, 64, 64]`, and the keypoints of source and (normalised) driving
///   frame. Output, all planar: mask `[K + 1, 64, 64]`, deformation `[64, 64, 2]` in -1...1, occlusion `[1, 64, 64]`.
struct DenseMotionNetwork: Sendable {
    let hasOcclusionMap: Bool
    private let network: HeadedHourglass
    private let motionCount: Int
    private let variance: Float
    private let unnormalise: puppet_unnormalise
    /// Coordinates of a line of the motion.
    private let line: FloatStorage

    private let mask: FloatSlot
    private let deformation: FloatSlot
    private let occlusion: FloatSlot
    /// Separable Gaussians `[keypoints, size]`: driving x, driving y, source x, source y.
    private let gaussians: FloatSlot

    init(
        _ description: HeadedHourglassDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        frameSize: Int, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        network = try HeadedHourglass(
            description, reader, configuration, frameSize: frameSize, padding: 3, exactAtEnd: 0,
            transformsIntegers: true, &layout)
        let size = network.size
        motionCount = description.heads[0].outputs
        hasOcclusionMap = description.heads.count > 1
        variance = configuration.keypointVariance
        unnormalise = puppet_unnormalise(height: size, width: size, alignCorners: configuration.alignCorners)
        line = FloatStorage(coordinateLine(size))

        mask = layout.reserve(floats: motionCount * size * size)
        deformation = layout.reserve(floats: 2 * size * size)
        occlusion = layout.reserve(floats: size * size)
        gaussians = layout.reserve(floats: 4 * (motionCount - 1) * size)
    }

    /// Rows and columns of everything this network computes: 64 for a 256 px model.
    var size: Int { network.size }

    /// Leaves a part of what was computed last.
    func reduce(_ motion: DenseMotion, to share: MotionShare) {
        precondition(share.size == size, "share of a motion of \(share.size), not \(size)")
        motion.reduce(to: share, line.pointer)
    }

    /// The source at the motion resolution. - Output: `[3, size, size]`.
    func reduce(_ source: TensorView, into small: TensorView, in workspace: Workspace) {
        network.reduce(source, into: small, in: workspace)
    }

    /// - Parameters:
    ///   - source: the source at the motion resolution.
    ///   - reference: its keypoints.
    ///   - driving: the keypoints it is to show.
    func callAsFunction(
        source: TensorView, reference: Keypoints, driving: Keypoints, in workspace: Workspace
    ) -> DenseMotion {
        precondition(source.shape.height == size && source.shape.width == size, "dense motion of \(source.shape)")
        precondition(driving.count + 1 == motionCount, "dense motion of \(driving.count) keypoints")
        let output = DenseMotion(
            mask: workspace[mask], deformation: workspace[deformation],
            occlusion: hasOcclusionMap ? workspace[occlusion] : nil, size: size)
        let gaussians = workspace[gaussians]
        let perFrame = 2 * driving.count * size
        SparseMotion(source: reference, driving: driving).withMaps { maps in
            let motion = puppet_sparse_motion(maps: maps, count: Int32(motionCount), grid: puppet_grid(square: line))
            let input = network.input(in: workspace)
            workspace.timed(LayerTime("heatmaps and warped colours", input.shape)) {
                let call = puppet_motion_input(
                    motion: motion, driving: writeGaussians(of: driving, to: gaussians, workspace.kernels),
                    source: writeGaussians(of: reference, to: gaussians + perFrame, workspace.kernels),
                    image: puppet_tensor(source), unnormalise: unnormalise, output: puppet_tensor(input))
                workspace.spread(call, over: size) { $0.motion_input_rows($1, $2) }
            }
            let logits = network(in: workspace)
            workspace.timed(LayerTime("mask, deformation, occlusion map", logits.shape)) {
                let call = puppet_combined_motion(
                    logits: puppet_tensor(logits), motion: motion, mask: output.mask, deformation: output.deformation,
                    occlusion: output.occlusion)
                workspace.spread(call, over: size) { $0.combine_motion_rows($1, $2) }
            }
        }
        return output
    }

    /// Separable Gaussians of all keypoints: `[keypoints, size]` along x, then as many along y.
    private func writeGaussians(
        of keypoints: Keypoints, to target: UnsafeMutablePointer<Float>, _ kernels: puppet_kernels
    ) -> puppet_gaussians {
        let y = target + keypoints.count * size
        for index in 0..<keypoints.count {
            let value = keypoints[value: index]
            kernels.gaussian(line.pointer, size, value.x, variance, target + index * size)
            kernels.gaussian(line.pointer, size, value.y, variance, y + index * size)
        }
        return puppet_gaussians(x: target, y: y)
    }
}
