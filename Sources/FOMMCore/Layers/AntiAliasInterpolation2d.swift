import CFOMMKernels

/// Gaussian blur with zero padding, then every n-th pixel. PyTorch: `AntiAliasInterpolation2d`, `modules/util.py`.
///
/// The file stores the blur as `[channels, 1, size, size]`, an outer product: it is run as one pass down the columns and
/// one along the rows.
struct AntiAliasInterpolation2d: Sendable {
    /// n: 4 for the published models' scale factor of 0.25.
    let step: Int
    private let weights: FloatStorage

    /// - Returns: `nil` where a network reduces nothing.
    init?(_ network: HeadedHourglassDescription, _ file: SafetensorsFile) throws(WeightError) {
        guard let blur = network.blur else { return nil }
        let (kernel, count) = (try file.values(of: blur), blur.shape[2])
        let weights = (0..<count).map { row in kernel[row * count..<(row + 1) * count].reduce(0, +) }
        for index in kernel.indices {
            let (row, column) = (index / count % count, index % count)
            guard abs(kernel[index] - weights[row] * weights[column]) < 1e-3 else {
                throw WeightError(
                    .unsupportedModel, file: file.file.name, tensor: blur.name,
                    "not a separable blur that sums to 1, the same for each colour")
            }
        }
        self.weights = FloatStorage(weights)
        step = network.reduction
    }

    /// - Input: `[3, H, W]`. Output: `[3, ceil(H / step), ceil(W / step)]`.
    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        let (from, to) = (input.shape, output.shape)
        precondition(
            to.height == (from.height + step - 1) / step && to.width == (from.width + step - 1) / step,
            "AntiAliasInterpolation2d \(from) into \(to)")
        workspace.reserveScratch(floatsPerWorker: from.width * ChannelLayout.block)
        let call = puppet_downsample(
            input: puppet_tensor(input), weights: weights.pointer, weight_count: Int32(weights.count),
            step: Int32(step), output: puppet_tensor(output))
        workspace.forEachBand(ofRows: to.height, (workspace, call)) { work, rows, worker in
            withUnsafePointer(to: work.1) { call in
                work.0.kernels.downsample_rows(call, puppet_range(rows), work.0.scratch(ofWorker: worker))
            }
        }
    }
}
