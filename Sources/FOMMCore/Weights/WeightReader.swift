/// Hands out a file's tensors while the engine's layers are built, and says for what they are to be arranged.
struct WeightReader {
    /// Which convolutions are computed on 8-bit integers, where ``precision`` asks for them.
    enum IntegerUse: Sendable {
        case none
        /// Those whose ranges were found beforehand.
        case withRanges
        /// All; ranges that are not known are found anew for every picture.
        case all
    }

    let weights: SafetensorsFile
    /// Which kernels the weights are packed for.
    let instructionSet: InstructionSet
    let precision: Precision
    /// Instead of those in the file.
    let ranges: ActivationRanges?
    private(set) var integerUse = IntegerUse.all

    init(weights: SafetensorsFile, instructionSet: InstructionSet, precision: Precision, ranges: ActivationRanges?) {
        self.weights = weights
        self.instructionSet = instructionSet
        self.precision = precision
        self.ranges = ranges
    }

    /// The same for layers of which other convolutions are computed on integers.
    func using(_ integerUse: IntegerUse) -> WeightReader {
        var reader = self
        reader.integerUse = integerUse
        return reader
    }

    var file: String { weights.file.name }

    /// What a ``RangeRecorder`` calls the ranges of the convolution at `path`; `nil` where nobody wants to know them.
    func rangesName(of path: String) -> String? { integerUse == .none ? nil : path }

    /// How the convolution at `path` is computed on 8-bit integers; `nil` where it is to be float32.
    ///
    /// Ranges that were found at other positions, in frames of a size for which this convolution is computed in another way,
    /// are of no use.
    /// - Throws: ``WeightError`` where the file's ranges are not those of this convolution.
    func quantisation(of path: String, positions: Int, channels: Int) throws(WeightError) -> Quantisation? {
        guard precision == .int8, integerUse != .none else { return nil }
        if let known = try knownRanges(of: path, channels: channels), known.count == positions * channels {
            return Quantisation(ranges: known)
        }
        return integerUse == .all ? Quantisation(ranges: nil) : nil
    }

    /// How a direct convolution at `path` is computed on 8-bit integers; `nil` where it is to be float32, or its ranges are not
    /// known.
    /// - Throws: ``WeightError`` where the file's ranges are not those of this convolution.
    func knownQuantisation(of path: String, channels: Int) throws(WeightError) -> Quantisation? {
        let quantisation = try quantisation(of: path, positions: 1, channels: channels)
        return quantisation?.ranges == nil ? nil : quantisation
    }

    private func knownRanges(of path: String, channels: Int) throws(WeightError) -> [Float]? {
        if let ranges { return ranges.values[path].map { $0.flatMap { $0 } } }
        let name = ActivationRanges.tensorPrefix + path
        guard let tensor = weights.tensors[name] else { return nil }
        return try weights.values(name, shape: [tensor.shape.first ?? 0, channels])
    }

    /// Whether the tensor is stored as float16, so that nothing is lost by keeping it so.
    func isFloat16(_ tensor: TensorDescription) -> Bool { weights.tensors[tensor.name]?.type == .float16 }
}
