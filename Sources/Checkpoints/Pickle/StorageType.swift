/// What a storage consists of, little-endian.
enum StorageType: String, CaseIterable, Sendable {
    case float32 = "FloatStorage"
    case float64 = "DoubleStorage"
    case float16 = "HalfStorage"
    case bfloat16 = "BFloat16Storage"
    case int64 = "LongStorage"
    case int32 = "IntStorage"
    case int16 = "ShortStorage"
    case int8 = "CharStorage"
    case uint8 = "ByteStorage"
    case bool = "BoolStorage"

    /// - Parameter name: such as `torch.FloatStorage`, or `torch.cuda.FloatStorage` of early PyTorch.
    init?(pickled name: String) {
        let prefix = ["torch.cuda.", "torch."].first { name.hasPrefix($0) }
        guard let prefix, let type = StorageType(rawValue: String(name.dropFirst(prefix.count))) else { return nil }
        self = type
    }

    /// Bytes of an element.
    var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}
