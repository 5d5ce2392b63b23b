/// Hands out a file's tensors while the engine's layers are built, and says for what they are to be arranged.
struct WeightReader {
    let weights: SafetensorsFile
    /// Which kernels the weights are packed for.
    let instructionSet: InstructionSet
    let precision: Precision
    /// Instead of those in the file.
    let ranges: ActivationRanges?

    var file: String { weights.file.name }

    /// How the convolution at `path` is computed on 8-bit integers; `nil` where it is to be float32.
    /// - Throws: ``WeightError`` where the file's ranges are not those of this convolution.
    func quantisation(of path: String, positions: Int, channels: Int) throws(WeightError) -> Quantisation? {
        guard precision == .int8, Precision.applies(to: path) else { return nil }
        if let ranges { return Quantisation(ranges: ranges.values[path].map { $0.flatMap { $0 } }) }
        let name = ActivationRanges.tensorPrefix + path
        guard weights.tensors[name] != nil else { return Quantisation(ranges: nil) }
        return Quantisation(ranges: try weights.values(name, shape: [positions, channels]))
    }

    /// Whether the tensor is stored as float16, so that nothing is lost by keeping it so.
    func isFloat16(_ tensor: TensorDescription) -> Bool { weights.tensors[tensor.name]?.type == .float16 }
}
