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
