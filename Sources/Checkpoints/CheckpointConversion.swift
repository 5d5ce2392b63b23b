import FOMMCore

/// A checkpoint as a model file: its tensors read one after another, a piece at a time, and written as float32 or float16.
///
/// Memory does not grow with the checkpoint: what has been read of the mapped file is given back.
package struct CheckpointConversion: Sendable {
    private let checkpoint: Checkpoint
    /// By name, which is the order in the file.
    private let entries: [SafetensorsHeader.Tensor]
    package let architecture: ModelArchitecture

    /// Where the file's bytes go, from front to back.
    package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// Elements that are converted at a time.
    private static let piece = 1 << 17

    /// - Parameter half: stores convolutions' weights as float16. Everything else stays float32: it is small, and
    ///   variances need the range.
    /// - Throws: ``WeightError`` where the tensors are not those of a First Order Motion Model.
    package init(_ checkpoint: Checkpoint, half: Bool) throws(WeightError) {
        self.checkpoint = checkpoint
        architecture = try ModelArchitecture(shapes: checkpoint.shapes, file: checkpoint.file.name)
        entries = checkpoint.tensors.sorted { $0.key < $1.key }.map { name, tensor in
            SafetensorsHeader.Tensor(name, half && tensor.shape.count == 4 ? .float16 : .float32, tensor.shape)
        }
    }

    /// Bytes of tensors that ``write(metadata:to:progress:)`` writes.
    package var size: Int { entries.reduce(0) { $0 + $1.byteCount } }

    /// - Parameters:
    ///   - metadata: becomes the file's `__metadata__`.
    ///   - sink: receives the file from front to back.
    ///   - progress: told bytes of tensors that are written, out of ``size``.
    /// - Throws: ``WeightError`` `.damaged` where an archive's checksum is wrong, `.notFinite` for NaN, infinity and what
    ///   float16 cannot hold; whatever `sink` and `progress` throw.
    package func write(
        metadata: [String: String], to sink: Sink, progress: (Int) throws -> Void
    ) throws {
        try SafetensorsHeader(entries, metadata: metadata).bytes.withUnsafeBytes(sink)
        var written = 0
        for entry in entries {
            guard let tensor = checkpoint.tensors[entry.name] else { preconditionFailure("\(entry.name) was planned") }
            try checkpoint.verify(tensor)
            let elements = TensorElements(tensor, in: checkpoint.file.bytes)
            for start in stride(from: 0, to: tensor.elementCount, by: Self.piece) {
                let range = start..<min(start + Self.piece, tensor.elementCount)
                try write(elements.read(range), of: entry, to: sink)
                written += range.count * entry.type.size
                try progress(written)
            }
            checkpoint.finishedReading(tensor)
        }
    }

    private func write(_ values: [Float], of entry: SafetensorsHeader.Tensor, to sink: Sink) throws {
        guard values.allSatisfy({ $0.isFinite }) else { throw notFinite(entry, "contains NaN or infinity") }
        guard entry.type == .float16 else { return try values.withUnsafeBytes(sink) }
        let halves = values.map { Float16($0) }
        guard halves.allSatisfy({ $0.isFinite }) else {
            throw notFinite(entry, "has values beyond what float16 holds", hint: "import it without --half")
        }
        try halves.withUnsafeBytes(sink)
    }

    private func notFinite(
        _ entry: SafetensorsHeader.Tensor, _ detail: String, hint: String = "the checkpoint is damaged"
    ) -> WeightError {
        WeightError(.notFinite, file: checkpoint.file.name, tensor: entry.name, detail, hint: hint)
    }
}

/// The elements of a checkpoint's tensor in row-major order, as float32, whatever their type and strides.
struct TensorElements {
    private let tensor: Checkpoint.Tensor
    private let bytes: UnsafeRawBufferPointer
    private let isContiguous: Bool

    /// - Parameter bytes: of the file. Every element was checked to be inside when the checkpoint was read.
    init(_ tensor: Checkpoint.Tensor, in bytes: UnsafeRawBufferPointer) {
        self.tensor = tensor
        self.bytes = bytes
        var expected = 1
        var isContiguous = true
        for (extent, stride) in zip(tensor.shape, tensor.strides).reversed() {
            isContiguous = isContiguous && (extent == 1 || stride == expected)
            expected *= extent
        }
        self.isContiguous = isContiguous
    }

    /// - Parameter range: of the row-major order.
    func read(_ range: Range<Int>) -> [Float] {
        let offsets = isContiguous ? nil : Array(range.lazy.map(offset))
        func read<Element: BitwiseCopyable>(_: Element.Type, _ convert: (Element) -> Float) -> [Float] {
            let size = MemoryLayout<Element>.size
            return (0..<range.count).map { index in
                let element = offsets.map { $0[index] } ?? range.lowerBound + index
                return convert(
                    bytes.loadUnaligned(fromByteOffset: tensor.start + element * size, as: Element.self))
            }
        }
        return switch tensor.type {
        case .float32: read(Float.self) { $0 }
        case .float64: read(Double.self) { Float($0) }
        case .float16: read(Float16.self) { Float($0) }
        case .bfloat16: read(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .int64: read(Int64.self) { Float($0) }
        case .int32: read(Int32.self) { Float($0) }
        case .int16: read(Int16.self) { Float($0) }
        case .int8: read(Int8.self) { Float($0) }
        case .uint8, .bool: read(UInt8.self) { Float($0) }
        }
    }

    /// Of an element in the storage, in elements from the tensor's first.
    private func offset(_ index: Int) -> Int {
        var (rest, offset) = (index, 0)
        for (extent, stride) in zip(tensor.shape, tensor.strides).reversed() {
            offset += rest % extent * stride
            rest /= extent
        }
        return offset
    }
}
