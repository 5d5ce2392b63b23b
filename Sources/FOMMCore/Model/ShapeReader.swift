/// Reads a model's architecture off the shapes of its tensors.
struct ShapeReader {
    let shapes: [String: [Int]]
    /// Where they come from, for messages.
    let file: String

    /// Whether there is a convolution at `path`.
    func has(_ path: String) -> Bool { shapes[path + ".weight"] != nil }

    /// How many numbered parts there are: 1 more than the highest n for which some name starts with `path` n `.`. A part
    /// that is there only in part is then found to be incomplete, not taken for the end.
    func count(of path: String) -> Int {
        shapes.keys.reduce(0) { count, name in
            guard name.hasPrefix(path) else { return count }
            let rest = name.dropFirst(path.count)
            guard let index = Int(rest.prefix { $0 != "." }), (0..<1000).contains(index) else { return count }
            return max(count, index + 1)
        }
    }

    /// Output channels of the convolution at `path`.
    func outputs(_ path: String) throws(WeightError) -> Int {
        let (name, limit) = (path + ".weight", ConvolutionDescription.outputLimit)
        guard let outputs = shapes[name]?.first, (1...limit).contains(outputs) else {
            throw mismatch(name, expected: "1 to \(limit) output channels")
        }
        return outputs
    }

    /// Output channels of `count` numbered blocks.
    func widths(_ path: String, _ count: Int) throws(WeightError) -> [Int] {
        try (0..<count).map { (index) throws(WeightError) in try outputs("\(path)\(index).conv") }
    }

    /// - Parameter blur: path of the blur before the hourglass, where there is one.
    func hourglass(
        _ path: String, reducedBy blur: String
    ) throws(WeightError) -> ModelArchitecture.HourglassWidths {
        var reduction = 1
        if let shape = shapes[blur + ".weight"] {
            let taps = shape.last ?? 0
            guard shape == [3, 1, taps, taps], taps % 4 == 1, (5...61).contains(taps) else {
                throw mismatch(blur + ".weight", expected: "[3, 1, n, n] with n = 5, 9, 13, ...")
            }
            reduction = (taps - 1) / 4 + 1
        }
        let encoder = PartName.encoder(of: path)
        let levels = max(1, count(of: encoder))
        return ModelArchitecture.HourglassWidths(
            encoder: try widths(encoder, levels), decoder: try widths(PartName.decoder(of: path), levels),
            reduction: reduction)
    }

    /// - Throws: ``WeightError`` where tensors of `network` are missing or of another shape, or others are there, too.
    func check(_ network: NetworkDescription) throws(WeightError) {
        let tensors = network.tensors
        for tensor in tensors where shapes[tensor.name] != tensor.shape {
            throw mismatch(tensor.name, expected: "\(tensor.shape)")
        }
        // Batch norms count their training steps, and puppet adds ranges: no weights either.
        let extra = Set(shapes.keys).subtracting(tensors.map(\.name)).filter {
            !BatchNormDescription.isCounter($0) && !$0.hasPrefix(ActivationRanges.tensorPrefix)
        }
        guard let first = extra.min() else { return }
        throw WeightError(
            .extraTensor, file: file, tensor: first,
            extra.count == 1
                ? "no layer of a First Order Motion Model has it"
                : "this and \(extra.count - 1) more belong to no layer of a First Order Motion Model",
            hint: "the model is of another architecture")
    }

    private func mismatch(_ tensor: String, expected: String) -> WeightError {
        .mismatch(tensor, shapes[tensor], expected: expected, file: file)
    }
}
