/// Walks through the layers as ``WeightReader`` does, with shapes in place of weights.
struct ShapeReader {
    package let shapes: [String: [Int]]
    package let file: String
    private(set) var read: Set<String> = []
    private(set) var parameters = 0
    private(set) var convolutions: [ModelArchitecture.Convolution] = []

    init(shapes: [String: [Int]], file: String) {
        self.shapes = shapes
        self.file = file
    }

    func has(_ name: String) -> Bool { shapes[name] != nil }

    package func count(of path: String) -> Int { numberedParts(of: path, in: shapes.keys) }

    /// A convolution's weight and bias. - Returns: its output channels.
    @discardableResult
    mutating func convolution(
        _ path: String, inputs: Int, outputs: Int? = nil, kernel: Int, reduction: Double, isPerAvatar: Bool = false
    ) throws(WeightError) -> Int {
        let shape = try take(path + ".weight")
        let limit = ConvolutionWeights.channelLimit
        guard let first = shape.first, (1...limit).contains(first), shape == [outputs ?? first, inputs, kernel, kernel]
        else {
            throw failure(
                .wrongShape, path + ".weight",
                "shape \(shape), expected [\(outputs.map { "\($0)" } ?? "1...\(limit)"), \(inputs), \(kernel), \(kernel)]"
            )
        }
        try vector(path + ".bias", first)
        parameters += shape.reduce(1, *)
        convolutions.append(
            .init(
                products: shape.reduce(1, *), reduction: reduction, isPerAvatar: isPerAvatar,
                isDetectorHead: kernel == 7 && path.hasPrefix("kp_detector.")))
        return first
    }

    mutating func norm(_ path: String, channels: Int) throws(WeightError) {
        for part in ["weight", "bias", "running_mean", "running_var"] { try vector("\(path).\(part)", channels) }
    }

    /// Convolution and norm. - Returns: its output channels.
    package mutating func block(
        _ path: String, inputs: Int, kernel: Int = 3, reduction: Double, isPerAvatar: Bool = false
    ) throws(WeightError) -> Int {
        let outputs = try convolution(
            path + ".conv", inputs: inputs, kernel: kernel, reduction: reduction, isPerAvatar: isPerAvatar)
        try norm(path + ".norm", channels: outputs)
        return outputs
    }

    /// - Returns: its widths, and its output channels.
    mutating func hourglass(
        at path: String, inputs: Int, reduction: Int
    ) throws(WeightError) -> (ModelArchitecture.HourglassWidths, outputs: Int) {
        var encoder: [Int] = []
        for level in 0..<max(1, count(of: path + ".encoder.down_blocks.")) {
            encoder.append(
                try block(
                    "\(path).encoder.down_blocks.\(level)", inputs: encoder.last ?? inputs,
                    reduction: Double(reduction << level)))
        }
        let skips = [inputs] + encoder
        var decoder: [Int] = []
        for level in (0..<encoder.count).reversed() {
            decoder.append(
                try block(
                    "\(path).decoder.up_blocks.\(decoder.count)",
                    inputs: (decoder.last ?? 0) + skips[level + 1], reduction: Double(reduction << level)))
        }
        let widths = ModelArchitecture.HourglassWidths(
            inputs: inputs, encoder: encoder, decoder: decoder, reduction: reduction)
        return (widths, decoder[decoder.count - 1] + inputs)
    }

    /// The step of a blur, where there is one. PyTorch: `AntiAliasInterpolation2d`.
    mutating func reduction(at path: String) throws(WeightError) -> Int {
        let name = path + ".weight"
        guard has(name) else { return 1 }
        let shape = try take(name)
        guard let step = AntiAliasInterpolation2d.step(ofKernel: shape) else {
            throw failure(.wrongShape, name, AntiAliasInterpolation2d.complaint(about: shape))
        }
        return step
    }

    /// - Throws: ``WeightError`` `.extraTensor` where there are tensors that no layer reads.
    func finish() throws(WeightError) {
        // What puppet itself adds to a model is no layer's.
        let unread = shapes.keys.filter {
            !read.contains($0) && !WeightReader.isCounter($0) && !$0.hasPrefix("puppet.")
        }
        if let error = WeightReader.extraTensors(Set(unread), file: file) { throw error }
    }

    private mutating func vector(_ name: String, _ count: Int) throws(WeightError) {
        let shape = try take(name)
        guard shape == [count] else { throw failure(.wrongShape, name, "shape \(shape), expected [\(count)]") }
        parameters += count
    }

    private mutating func take(_ name: String) throws(WeightError) -> [Int] {
        guard let shape = shapes[name] else {
            throw failure(.missingTensor, name, "missing", "the model is incomplete or of another architecture")
        }
        read.insert(name)
        return shape
    }

    func failure(
        _ code: WeightError.Code, _ tensor: String, _ detail: String,
        _ hint: String = "the model is damaged or of another architecture"
    ) -> WeightError {
        WeightError(code, file: file, tensor: tensor, detail, hint: hint)
    }
}
