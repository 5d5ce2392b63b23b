import FOMMCore

/// A checkpoint as a model file: its tensors read one after another, a piece at a time, and written as float32 or float16.
///
/// Memory does not grow with the checkpoint: what has been read of the mapped file is given back.
public struct CheckpointConversion: Sendable {
    private let checkpoint: Checkpoint
    /// By name, which is the order in the file.
    private let entries: [SafetensorsHeader.Tensor]
    public let architecture: ModelArchitecture

    /// Where the file's bytes go, from front to back.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// Elements that are converted at a time.
    private static let piece = 1 << 17

    /// - Parameter half: stores convolutions' weights as float16. Everything else stays float32: it is small, and
    ///   variances need the range.
    /// - Throws: `WeightError` where the tensors are not those of a First Order Motion Model.
    public init(_ checkpoint: Checkpoint, half: Bool) throws(WeightError) {
        self.checkpoint = checkpoint
        architecture = try ModelArchitecture(shapes: checkpoint.shapes, file: checkpoint.file.name)
        entries = checkpoint.tensors.sorted { $0.key < $1.key }.map { name, tensor in
            SafetensorsHeader.Tensor(name, half && tensor.shape.count == 4 ? .float16 : .float32, tensor.shape)
        }
    }

    /// Bytes of tensors that ``write(metadata:to:progress:)`` writes.
    public var size: Int { entries.reduce(0) { $0 + $1.byteCount } }

    /// - Parameters:
    ///   - metadata: becomes the file's `__metadata__`.
    ///   - sink: receives the file from front to back.
    ///   - progress: told bytes of tensors that are written, out of ``size``.
    /// - Throws: `WeightError` `.damaged` where an archive's checksum is wrong, `.notFinite` for NaN, infinity and what
    ///   float16 cannot hold; whatever `sink` and `progress` throw.
    public func write(
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
