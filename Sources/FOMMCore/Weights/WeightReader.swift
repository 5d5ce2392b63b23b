import CFOMMKernels

/// Hands out a file's tensors by name while a network is built, and knows which nobody asked for.
package final class WeightReader {
    private let contents: SafetensorsFile
    /// Which kernels the weights are packed for.
    let instructionSet: InstructionSet
    private let precision: Precision
    private let ranges: ActivationRanges?
    private var unread: Set<String>

    /// - Parameter ranges: instead of those in the file.
    package init(
        _ contents: SafetensorsFile, _ instructionSet: InstructionSet, _ precision: Precision,
        ranges: ActivationRanges? = nil
    ) {
        self.ranges = ranges
        self.contents = contents
        self.instructionSet = instructionSet
        self.precision = precision
        // Ranges are no weights either; only integers need them.
        unread = Set(
            contents.tensors.keys.filter {
                !Self.isCounter($0) && !$0.hasPrefix(ActivationRanges.tensorPrefix)
            })
    }

    /// How the convolution at `path` is computed on 8-bit integers; `nil` where it is to be float32.
    /// - Throws: ``WeightError`` where the file's ranges are not those of this convolution.
    func quantisation(of path: String, positions: Int, channels: Int) throws(WeightError) -> Quantisation? {
        guard precision == .int8, Precision.applies(to: path) else { return nil }
        if let ranges { return Quantisation(ranges: ranges.values[path].map { $0.flatMap { $0 } }) }
        let name = ActivationRanges.tensorPrefix + path
        guard contains(name) else { return Quantisation(ranges: nil) }
        return Quantisation(ranges: try read(name, shape: [positions, channels]))
    }

    /// Batch norms count their training steps; that is no weight.
    package static func isCounter(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }

    package var file: String { contents.file.name }

    package func contains(_ name: String) -> Bool { contents.tensors[name] != nil }

    /// How many numbered parts the file has.
    package func count(of path: String) -> Int { numberedParts(of: path, in: contents.tensors.keys) }

    /// - Throws: ``WeightError`` `.missingTensor`.
    package func shape(_ name: String) throws(WeightError) -> [Int] {
        guard let tensor = contents.tensors[name] else {
            throw WeightError(
                .missingTensor, file: file, tensor: name, "missing",
                hint: "the model is incomplete or of another architecture")
        }
        return tensor.shape
    }

    /// The values of a tensor as float32, row-major.
    /// - Throws: ``WeightError`` `.missingTensor`, `.wrongShape`, or `.notFinite` where a value is NaN or infinite.
    package func read(_ name: String, shape expected: [Int]) throws(WeightError) -> [Float] {
        let actual = try shape(name)
        guard actual == expected, let tensor = contents.tensors[name] else {
            throw WeightError(
                .wrongShape, file: file, tensor: name, "shape \(actual), expected \(expected)",
                hint: "the model is damaged or of another architecture")
        }
        let count = expected.reduce(1, *)
        let source = UnsafeRawBufferPointer(rebasing: contents.file.bytes[tensor.range])
        var values = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { values in
            switch tensor.type {
            case .float32: UnsafeMutableRawBufferPointer(values).copyMemory(from: source)
            case .float16: instructionSet.kernels.expand_float16(source.baseAddress!, count, values.baseAddress!)
            }
        }
        guard values.allSatisfy({ $0.isFinite }) else {
            throw WeightError(
                .notFinite, file: file, tensor: name, "contains NaN or infinity", hint: "the model is damaged")
        }
        unread.remove(name)
        contents.file.finishedReading(tensor.range)
        return values
    }

    /// Whether the tensor is stored as float16, so that nothing is lost by keeping it so.
    func isFloat16(_ name: String) -> Bool { contents.tensors[name]?.type == .float16 }

    /// - Throws: ``WeightError`` `.extraTensor` where the file has tensors that no layer read.
    func finish() throws(WeightError) {
        if let error = Self.extraTensors(unread, file: file) { throw error }
    }

    /// - Parameter names: of tensors that no layer reads; no error where there are none.
    static func extraTensors(_ names: Set<String>, file: String) -> WeightError? {
        guard let name = names.min() else { return nil }
        return WeightError(
            .extraTensor, file: file, tensor: name,
            names.count == 1
                ? "no layer of a First Order Motion Model has it"
                : "this and \(names.count - 1) more "
                    + "belong to no layer of a First Order Motion Model",
            hint: "the model is of another architecture")
    }
}

/// How many numbered parts there are: 1 more than the highest n for which some name starts with `path` n `.`. A part that
/// is there only in part is then found to be incomplete, not taken for the end.
func numberedParts(of path: String, in names: some Sequence<String>) -> Int {
    names.reduce(0) { count, name in
        guard name.hasPrefix(path) else { return count }
        let rest = name.dropFirst(path.count)
        guard let index = Int(rest.prefix { $0 != "." }), (0..<1000).contains(index) else { return count }
        return max(count, index + 1)
    }
}

/// A batch norm at inference, as `x * scale + shift`. PyTorch: `torch.nn.BatchNorm2d`, epsilon 1e-5.
struct BatchNorm: Sendable {
    package let scale: [Float]
    package let shift: [Float]

    init(scale: [Float], shift: [Float]) {
        self.scale = scale
        self.shift = shift
    }

    init(_ reader: WeightReader, at path: String, channels: Int) throws(WeightError) {
        let weight = try reader.read(path + ".weight", shape: [channels])
        let bias = try reader.read(path + ".bias", shape: [channels])
        let mean = try reader.read(path + ".running_mean", shape: [channels])
        let variance = try reader.read(path + ".running_var", shape: [channels])
        if let negative = variance.first(where: { $0 < 0 }) {
            throw WeightError(
                .notFinite, file: reader.file, tensor: path + ".running_var", "variance \(negative), expected >= 0",
                hint: "the model is damaged")
        }
        scale = zip(weight, variance).map { weight, variance in weight / (variance + 1e-5).squareRoot() }
        shift = zip(bias, zip(mean, scale)).map { bias, rest in bias - rest.0 * rest.1 }
    }
}

/// Weights of a convolution as PyTorch stores them, `[outputs, inputs, kernelHeight, kernelWidth]`.
struct ConvolutionWeights: Sendable {
    package var weights: [Float]
    var bias: [Float]
    let outputs: Int
    let inputs: Int
    let kernelSize: Int
    /// The weights before a batch norm was folded into them, where they were asked for.
    private(set) var halves: Halves?

    struct Halves: Sendable {
        package let weights: [Float16]
        /// What the batch norm multiplies each output's weights by.
        var units: [Float]
    }

    /// From so many weights on, reading them is what a layer on a small image waits for.
    private static let many = 1 << 18

    /// Reads `path.weight` and `path.bias`. The number of outputs is what the file has; inputs and kernel are checked.
    ///
    /// - Parameter keepingHalves: sets ``halves``, where the file has float16 and there are many.
    init(
        _ reader: WeightReader, at path: String, inputs: Int, kernelSize: Int, keepingHalves: Bool = false
    ) throws(WeightError) {
        let shape = try reader.shape(path + ".weight")
        let outputs = shape.first ?? 0
        guard outputs > 0, outputs <= Self.channelLimit else {
            throw WeightError(
                .wrongShape, file: reader.file, tensor: path + ".weight",
                "shape \(shape), expected 1 to \(Self.channelLimit) output channels")
        }
        weights = try reader.read(path + ".weight", shape: [outputs, inputs, kernelSize, kernelSize])
        bias = try reader.read(path + ".bias", shape: [outputs])
        self.outputs = outputs
        self.inputs = inputs
        self.kernelSize = kernelSize
        if keepingHalves, weights.count >= Self.many, reader.isFloat16(path + ".weight") {
            halves = Halves(weights: weights.map { Float16($0) }, units: [Float](repeating: 1, count: outputs))
        }
    }

    /// More channels than any network of this family has; a bound on what a damaged file can make us allocate.
    static let channelLimit = 8192

    /// Folds the batch norm that follows the convolution into it, in place: a convolution may have tens of megabytes.
    consuming func folding(_ norm: BatchNorm) -> ConvolutionWeights {
        let perOutput = weights.count / outputs
        for output in 0..<outputs {
            for index in output * perOutput..<(output + 1) * perOutput { weights[index] *= norm.scale[output] }
            bias[output] = bias[output] * norm.scale[output] + norm.shift[output]
            halves?.units[output] *= norm.scale[output]
        }
        return self
    }

    /// This convolution and another on the same input, as one with the outputs of both.
    func appending(_ other: ConvolutionWeights) -> ConvolutionWeights {
        precondition(inputs == other.inputs && kernelSize == other.kernelSize, "heads read the same input")
        return ConvolutionWeights(
            weights: weights + other.weights, bias: bias + other.bias, outputs: outputs + other.outputs,
            inputs: inputs, kernelSize: kernelSize)
    }

    init(weights: [Float], bias: [Float], outputs: Int, inputs: Int, kernelSize: Int) {
        self.weights = weights
        self.bias = bias
        self.outputs = outputs
        self.inputs = inputs
        self.kernelSize = kernelSize
    }
}
