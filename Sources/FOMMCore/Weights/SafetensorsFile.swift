import Foundation

/// The directory of a safetensors file: eight bytes of header length, a JSON object, then the tensors.
///
/// Nothing a header says is believed before it has been checked against the size of the file.
/// Source: the format's description in huggingface/safetensors.
public struct SafetensorsFile: Sendable {
    /// Where a tensor lies in the file, and what it is.
    public struct Tensor: Sendable {
        public let type: ElementType
        public let shape: [Int]
        /// Bytes in the file.
        public let range: Range<Int>
    }

    /// As the format names them.
    public enum ElementType: String, Sendable {
        case float32 = "F32"
        case float16 = "F16"

        /// Bytes of a number.
        public var size: Int { self == .float32 ? 4 : 2 }
    }

    public let file: MappedFile
    public let tensors: [String: Tensor]
    /// `__metadata__`, empty where there is none.
    public let metadata: [String: String]

    /// Every tensor's shape, by name.
    public var shapes: [String: [Int]] { tensors.mapValues(\.shape) }

    /// A file is either sound or refused; only counters of training steps, which are integers and no weights, are passed over.
    public init(_ file: MappedFile) throws(WeightError) {
        let bytes = file.bytes
        func damaged(_ detail: String, tensor: String? = nil) -> WeightError {
            WeightError(.damaged, file: file.name, tensor: tensor, detail, hint: "copy or download the model again")
        }
        guard bytes.count >= 8 else { throw damaged("truncated: \(bytes.count) bytes, at least 8 expected") }
        let headerLength = bytes.loadUnaligned(as: UInt64.self).littleEndian
        guard headerLength <= UInt64(bytes.count - 8) else {
            // Anything that is not a safetensors file ends up here as well: its first bytes make a huge number.
            throw WeightError(
                .notSafetensors, file: file.name,
                "header of \(headerLength) bytes expected, but the file ends after \(bytes.count - 8)",
                hint: "it is truncated or not a safetensors file")
        }
        let header = 8..<8 + Int(headerLength)
        let entries: [String: SafetensorsEntry]
        do {
            let json = Data(bytes: bytes.baseAddress! + header.lowerBound, count: header.count)
            entries = try JSONDecoder().decode([String: SafetensorsEntry].self, from: json)
        } catch {
            throw WeightError(
                .notSafetensors, file: file.name, "the header is not a table of tensors (\(error.summary))",
                hint: "it is damaged or not a safetensors file")
        }

        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for (name, entry) in entries {
            switch entry {
            case .metadata(let values): metadata = values
            case .tensor(let entry):
                if BatchNormDescription.isCounter(name) { continue }
                guard let type = ElementType(rawValue: entry.dtype) else {
                    throw WeightError(
                        .wrongType, file: file.name, tensor: name, "type \(entry.dtype), expected F32 or F16",
                        hint: "convert the model")
                }
                let size = entry.shape.reduce(type.size as Int?) { product, extent in
                    guard let product, extent >= 0 else { return nil }
                    let (next, overflow) = product.multipliedReportingOverflow(by: extent)
                    return overflow ? nil : next
                }
                guard let size else { throw damaged("impossible shape \(entry.shape)", tensor: name) }
                let available = bytes.count - header.upperBound
                guard entry.dataOffsets.count == 2, entry.dataOffsets[0] <= entry.dataOffsets[1] else {
                    throw damaged("data at \(entry.dataOffsets), expected a start and an end", tensor: name)
                }
                let (start, end) = (entry.dataOffsets[0], entry.dataOffsets[1])
                guard start >= 0, end <= available else {
                    throw damaged(
                        "data at \(entry.dataOffsets), but the file has \(available) bytes of data", tensor: name)
                }
                guard end - start == size else {
                    throw damaged(
                        "\(end - start) bytes, expected \(size) for \(entry.dtype) of shape \(entry.shape)",
                        tensor: name)
                }
                tensors[name] = Tensor(
                    type: type, shape: entry.shape, range: header.upperBound + start..<header.upperBound + end)
            }
        }
        let inOrder = tensors.sorted { ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key) }
        for (one, other) in zip(inOrder, inOrder.dropFirst())
        where one.value.range.upperBound > other.value.range.lowerBound {
            throw damaged("its data overlaps tensor \(one.key)", tensor: other.key)
        }
        self.file = file
        self.tensors = tensors
        self.metadata = metadata
    }

    /// What the file holds, in the order in which it lies there.
    public var inventory: [SafetensorsHeader.Tensor] {
        tensors.sorted { ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key) }
            .map { .init($0.key, $0.value.type, $0.value.shape) }
    }

    /// The numbers of a tensor of ``inventory``, little-endian, row-major; valid as long as the file.
    public func bytes(of tensor: SafetensorsHeader.Tensor) -> UnsafeRawBufferPointer {
        guard let stored = tensors[tensor.name] else { preconditionFailure("no tensor \(tensor.name)") }
        return UnsafeRawBufferPointer(rebasing: file.bytes[stored.range])
    }

    /// Tells apart files whose tensors with names that start with `prefix` differ.
    func fingerprint(ofTensors prefix: String) -> String {
        var fingerprint = Fingerprint()
        for tensor in inventory.filter({ $0.name.hasPrefix(prefix) }).sorted(by: { $0.name < $1.name }) {
            var name = tensor.name
            name.withUTF8 { fingerprint.add(UnsafeRawBufferPointer($0)) }
            fingerprint.add(bytes(of: tensor))
        }
        return fingerprint.text
    }
}

extension Error {
    /// What a decoding error says, on one line.
    fileprivate var summary: String {
        switch self as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
        default: return String(describing: self)
        }
    }
}
