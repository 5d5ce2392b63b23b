import CFOMMKernels
import Glibc

/// Gaussian blur with zero padding, then every n-th pixel. PyTorch: `AntiAliasInterpolation2d`, `modules/util.py`.
///
/// The file stores the blur as `[channels, 1, size, size]`, an outer product: it is run as one pass down the columns and
/// one along the rows.
struct AntiAliasInterpolation2d: Sendable {
    /// n: 4 for the published models' scale factor of 0.25.
    let step: Int
    private let weights: FloatStorage

    /// - Parameter step: that of the network, whose blur is the file's, or another one, whose blur is made here.
    /// - Returns: `nil` where nothing is reduced.
    init?(_ network: HeadedHourglassDescription, step: Int, _ file: SafetensorsFile) throws(WeightError) {
        guard step > 1 else { return nil }
        self.step = step
        guard step == network.reduction, let blur = network.blur else {
            weights = FloatStorage(Self.gaussian(step))
            return
        }
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
    }

    /// What a file stores for a step, of which this is one line.
    static func gaussian(_ step: Int) -> [Float] {
        let deviation = Double(step - 1) / 2
        let reach = 2 * (step - 1)
        let values = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        return values.map { Float($0 / values.reduce(0, +)) }
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
