extension SafetensorsFile: WeightSource {
    public func values(of tensor: TensorDescription) throws(WeightError) -> [Float] {
        let values = try values(tensor.name, shape: tensor.shape)
        if tensor.role == .variance, let negative = values.first(where: { $0 < 0 }) {
            throw WeightError(
                .notFinite, file: file.name, tensor: tensor.name, "variance \(negative), expected >= 0",
                hint: "the model is damaged")
        }
        return values
    }

    /// The numbers of the tensor called `name`, row-major. They are not expected to be read again soon.
    /// - Throws: ``WeightError`` `.missingTensor`, `.wrongShape`, or `.notFinite` where a value is NaN or infinite.
    func values(_ name: String, shape expected: [Int]) throws(WeightError) -> [Float] {
        guard let tensor = tensors[name], tensor.shape == expected else {
            throw .mismatch(name, tensors[name]?.shape, expected: "\(expected)", file: file.name)
        }
        let count = expected.reduce(1, *)
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[tensor.range])
        var values = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { values in
            switch tensor.type {
            case .float32: UnsafeMutableRawBufferPointer(values).copyMemory(from: source)
            case .float16: InstructionSet.best.kernels.expand_float16(source.baseAddress!, count, values.baseAddress!)
            }
        }
        guard values.allSatisfy({ $0.isFinite }) else {
            throw WeightError(
                .notFinite, file: file.name, tensor: name, "contains NaN or infinity", hint: "the model is damaged")
        }
        file.finishedReading(tensor.range)
        return values
    }
}
