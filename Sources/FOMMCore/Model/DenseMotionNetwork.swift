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
    private let line: [Float]

    private let mask: FloatSlot
    private let deformation: FloatSlot
    private let occlusion: FloatSlot
    /// Separable Gaussians `[keypoints, size]`: driving x, driving y, source x, source y.
    private let gaussians: FloatSlot

    init(
        _ description: HeadedHourglassDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        frameSize: Int, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        network = try HeadedHourglass(description, reader, frameSize: frameSize, padding: 3, &layout)
        let size = network.size
        motionCount = description.heads[0].outputs
        hasOcclusionMap = description.heads.count > 1
        variance = configuration.keypointVariance
        unnormalise = puppet_unnormalise(height: size, width: size, alignCorners: configuration.alignCorners)
        line = coordinateLine(size)

        mask = layout.reserve(floats: motionCount * size * size)
        deformation = layout.reserve(floats: 2 * size * size)
        occlusion = layout.reserve(floats: size * size)
        gaussians = layout.reserve(floats: 4 * (motionCount - 1) * size)
    }

    /// Rows and columns of everything this network computes: 64 for a 256 px model.
    var size: Int { network.size }

    /// The source at the motion resolution. - Output: `[3, size, size]`.
    func reduce(_ source: TensorView, into small: TensorView, in workspace: Workspace) {
        network.reduce(source, into: small, in: workspace)
    }

    /// What one run leaves behind, valid until the next.
    struct Output {
        let mask: UnsafeMutablePointer<Float>
        let deformation: UnsafeMutablePointer<Float>
        /// `nil` for models without an occlusion map.
        let occlusion: UnsafeMutablePointer<Float>?
    }

    /// - Parameters:
    ///   - source: the source at the motion resolution.
    ///   - reference: its keypoints.
    ///   - driving: the keypoints it is to show.
    func callAsFunction(
        source: TensorView, reference: Keypoints, driving: Keypoints, in workspace: Workspace
    ) -> Output {
        let kernels = workspace.kernels
        precondition(source.shape.height == size && source.shape.width == size, "dense motion of \(source.shape)")
        precondition(driving.count + 1 == motionCount, "dense motion of \(driving.count) keypoints")
        let output = Output(
            mask: workspace[mask], deformation: workspace[deformation],
            occlusion: hasOcclusionMap ? workspace[occlusion] : nil)
        let gaussians = workspace[gaussians]
        let perPart = driving.count * size
        writeGaussians(of: driving, to: gaussians, kernels)
        writeGaussians(of: reference, to: gaussians + 2 * perPart, kernels)

        SparseMotion(source: reference, driving: driving).withMaps { maps in
            let input = network.input(in: workspace)
            workspace.timed(LayerWork("heatmaps and warped colours", input.shape)) {
                workspace.forEachBand(ofRows: size, (self, kernels, maps, gaussians, source, input)) { work, rows, _ in
                    let (network, kernels, maps, gaussians, source, input) = work
                    let perPart = (network.motionCount - 1) * network.size
                    kernels.motion_input_rows(
                        maps, Int32(network.motionCount), network.line, network.line, gaussians, gaussians + perPart,
                        gaussians + 2 * perPart, gaussians + 3 * perPart, source.base, source.shape.rowStride,
                        network.unnormalise, Int32(network.size), Int32(network.size), input.base,
                        input.shape.blockStride, input.shape.rowStride, Int32(rows.lowerBound), Int32(rows.count))
                }
            }
            let logits = network(in: workspace)
            workspace.timed(LayerWork("mask, deformation, occlusion map", logits.shape)) {
                workspace.forEachBand(ofRows: size, (self, kernels, maps, logits, output)) { work, rows, _ in
                    let (network, kernels, maps, logits, output) = work
                    kernels.combine_motion_rows(
                        logits.base, logits.shape.blockStride, logits.shape.rowStride, maps, Int32(network.motionCount),
                        network.line, network.line, Int32(network.size), Int32(network.size), output.mask,
                        output.deformation, output.occlusion, Int32(rows.lowerBound), Int32(rows.count))
                }
            }
        }
        return output
    }

    /// Separable Gaussians of all keypoints: `[keypoints, size]` along x, then as many along y.
    private func writeGaussians(
        of keypoints: Keypoints, to target: UnsafeMutablePointer<Float>, _ kernels: puppet_kernels
    ) {
        for index in 0..<keypoints.count {
            let value = keypoints[value: index]
            kernels.gaussian(line, size, value.x, variance, target + index * size)
            kernels.gaussian(line, size, value.y, variance, target + (keypoints.count + index) * size)
        }
    }
}
