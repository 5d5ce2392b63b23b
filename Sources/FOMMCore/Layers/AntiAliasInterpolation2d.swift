/// Gaussian blur with zero padding, then every n-th pixel. PyTorch: `AntiAliasInterpolation2d`, `modules/util.py`.
///
/// The file stores the blur as `[channels, 1, taps, taps]`, an outer product: it is run as one pass down the columns and
/// one along the rows.
struct AntiAliasInterpolation2d: Sendable {
    /// n: 4 for the published models' scale factor of 0.25.
    package let step: Int
    private let taps: [Float]

    /// - Returns: `nil` where a network reduces nothing.
    init?(_ network: HeadedHourglassDescription, _ file: SafetensorsFile) throws(WeightError) {
        guard let blur = network.blur else { return nil }
        let (kernel, count) = (try file.values(of: blur), blur.shape[2])
        let taps = (0..<count).map { row in kernel[row * count..<(row + 1) * count].reduce(0, +) }
        for index in kernel.indices {
            let (row, column) = (index / count % count, index % count)
            guard abs(kernel[index] - taps[row] * taps[column]) < 1e-3 else {
                throw WeightError(
                    .unsupportedModel, file: file.file.name, tensor: blur.name,
                    "not a separable blur that sums to 1, the same for each colour")
            }
        }
        self.taps = taps
        step = network.reduction
    }

    /// - Input: `[3, H, W]`. Output: `[3, ceil(H / step), ceil(W / step)]`.
    func callAsFunction(_ input: TensorView, into output: TensorView, in workspace: Workspace) {
        let (from, to) = (input.shape, output.shape)
        precondition(
            to.height == (from.height + step - 1) / step && to.width == (from.width + step - 1) / step,
            "AntiAliasInterpolation2d \(from) into \(to)")
        workspace.reserveScratch(floatsPerWorker: from.width * ChannelLayout.block)
        taps.withUnsafeBufferPointer { taps in
            workspace.forEachBand(ofRows: to.height, (workspace, input, output, taps, step)) { work, rows, worker in
                let (workspace, input, output, taps, step) = work
                workspace.kernels.downsample_rows(
                    input.base, input.shape.rowStride, Int32(input.shape.height), Int32(input.shape.width),
                    taps.baseAddress!, Int32(taps.count), Int32(step), output.base, output.shape.rowStride,
                    Int32(rows.lowerBound), Int32(rows.count), workspace.scratch(ofWorker: worker))
            }
        }
    }
}
