import Foundation

/// The start of a safetensors file whose tensors lie one after another, in the order in which they are given: eight bytes
/// of length and a JSON object, padded so that the first tensor is aligned. What comes after it is the caller's to write.
public struct SafetensorsHeader {
    /// A tensor that is to be written.
    public struct Tensor: Sendable {
        public let name: String
        public let type: SafetensorsFile.ElementType
        public let shape: [Int]

        public init(_ name: String, _ type: SafetensorsFile.ElementType, _ shape: [Int]) {
            self.name = name
            self.type = type
            self.shape = shape
        }

        public var byteCount: Int { shape.reduce(type.size, *) }
    }

    /// Everything before the first tensor.
    public let bytes: [UInt8]

    /// - Parameter tensors: names differ from one another and from `__metadata__`.
    public init(_ tensors: [Tensor], metadata: [String: String] = [:]) {
        var entries: [String: SafetensorsEntry] = [:]
        if !metadata.isEmpty { entries[SafetensorsEntry.metadataName] = .metadata(metadata) }
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            let previous = entries.updateValue(
                .tensor(.init(dtype: tensor.type.rawValue, shape: tensor.shape, dataOffsets: [offset, end])),
                forKey: tensor.name)
            precondition(
                previous == nil && tensor.name != SafetensorsEntry.metadataName, "two tensors are called \(tensor.name)"
            )
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(entries) else {
            preconditionFailure("strings and whole numbers are JSON")
        }
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        let length = UInt64(json.count + padding.count).littleEndian
        bytes = withUnsafeBytes(of: length) { Array($0) } + json + padding
    }
}
