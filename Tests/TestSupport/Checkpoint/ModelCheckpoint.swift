import FOMMCore
import Foundation

extension CheckpointBuilder {
    /// A model's tensors as a checkpoint that holds the same numbers.
    ///
    /// - Parameters:
    ///   - model: a sound safetensors file of float32.
    ///   - prefix: before every name inside a network.
    ///   - storage: the name of a storage's type and its bytes, of a tensor's name and numbers.
    package init(
        model: [UInt8], prefix: String = "",
        storage: (_ name: String, [Float]) -> (type: String, bytes: [UInt8]) = { _, values in
            ("FloatStorage", Self.floats(values))
        }
    ) {
        let count = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try? JSONSerialization.jsonObject(with: Data(model[8..<8 + count])) as? [String: [String: Any]]
        guard let header else { preconditionFailure("not a safetensors file") }
        var networks: [String: [(Pickled, Pickled)]] = [:]
        var storages: [Storage] = []
        for (name, entry) in header.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
            guard let shape = entry["shape"] as? [Int], let range = entry["data_offsets"] as? [Int] else {
                preconditionFailure("\(name) has no place")
            }
            let values = model[(8 + count + range[0])..<(8 + count + range[1])].withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
            let (type, bytes) = storage(name, values)
            let (key, parts) = ("\(storages.count)", name.split(separator: ".", maxSplits: 1))
            let tensor = Pickled.tensor(.storage(key, values.count, type: type), shape: shape)
            networks[String(parts[0]), default: []].append((.text(prefix + parts[1]), tensor))
            storages.append(Storage(key: key, bytes: bytes, count: values.count))
        }
        let entries = networks.sorted { $0.key < $1.key }
        self.init(.dictionary(entries.map { (.text($0.key), .orderedDictionary($0.value)) }))
        self.storages = storages
    }
}
