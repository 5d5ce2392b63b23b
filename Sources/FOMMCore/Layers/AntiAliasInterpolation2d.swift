import CFOMMKernels

/// Gaussian blur with zero padding, then every n-th pixel. PyTorch: `AntiAliasInterpolation2d`, `modules/util.py`.
///
/// The file stores the blur as `[channels, 1, size, size]`, an outer product: it is run as one pass down the columns and
/// one along the rows. `size = 4 (n - 1) + 1` tells n.
struct AntiAliasInterpolation2d: Sendable {
    /// n: 4 for the published models' scale factor of 0.25.
    let step: Int
    private let weights: FloatStorage

    init(_ reader: WeightReader, at path: String) throws(WeightError) {
        let name = path + ".weight"
        let shape = try reader.shape(name)
        guard let step = Self.step(ofKernel: shape) else {
            throw WeightError(.wrongShape, file: reader.file, tensor: name, Self.complaint(about: shape))
        }
        let count = shape[2]
        let kernel = try reader.read(name, shape: shape)
        let weights = (0..<count).map { row in kernel[row * count..<(row + 1) * count].reduce(0, +) }
        for index in kernel.indices {
            let (row, column) = (index / count % count, index % count)
            guard abs(kernel[index] - weights[row] * weights[column]) < 1e-3 else {
                throw WeightError(
                    .unsupportedModel, file: reader.file, tensor: name,
                    "not a separable blur that sums to 1, the same for each colour")
            }
        }
        self.weights = FloatStorage(weights)
        self.step = step
    }

    /// - Returns: n for the kernel's shape; `nil` for the shape of something else.
    static func step(ofKernel shape: [Int]) -> Int? {
        guard shape.count == 4, shape[0] == 3, shape[1] == 1, shape[2] == shape[3], shape[2] % 4 == 1,
            (5...61).contains(shape[2])
        else { return nil }
        return (shape[2] - 1) / 4 + 1
    }

    static func complaint(about shape: [Int]) -> String {
        "shape \(shape), expected [3, 1, n, n] with n = 5, 9, 13, ..."
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
