import FOMMCore

/// A Python object to pickle, as far as checkpoints have them, and anything else as raw instructions.
package indirect enum Pickled: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(String)
    case tuple([Pickled])
    case list([Pickled])
    case dictionary([(Pickled, Pickled)])
    /// As Python 3 pickles it; items are set afterwards, then attributes, which PyTorch keeps version numbers in.
    case orderedDictionary([(Pickled, Pickled)], attributes: [(Pickled, Pickled)] = [])
    case global(String, String)
    case call(Pickled, [Pickled])
    case persistent(Pickled)
    case raw([UInt8])

    package static func dictionary(_ items: KeyValuePairs<String, Pickled>) -> Pickled {
        .dictionary(items.map { (.text($0.key), $0.value) })
    }

    /// `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())`.
    package static func tensor(
        _ storage: Pickled, offset: Int = 0, shape: [Int], strides: [Int]? = nil
    ) -> Pickled {
        .call(
            .global("torch._utils", "_rebuild_tensor_v2"),
            [
                storage, .int(offset), .tuple(shape.map { .int($0) }),
                .tuple((strides ?? Self.strides(shape)).map { .int($0) }), .bool(false),
                .call(.global("collections", "OrderedDict"), []),
            ])
    }

    /// - Parameter type: such as `FloatStorage`.
    package static func storage(
        _ key: String, _ count: Int, type: String = "FloatStorage", device: String = "cpu", view: Pickled? = nil
    ) -> Pickled {
        .persistent(
            .tuple(
                [.text("storage"), .global("torch", type), .text(key), .text(device), .int(count)]
                    + (view.map { [$0] } ?? [])))
    }

    /// Of a tensor whose rows follow one another.
    package static func strides(_ shape: [Int]) -> [Int] {
        shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    }

    /// - Parameter version: of the protocol, 2 to 5.
    package func pickle(version: Int = 2) -> [UInt8] {
        var writer = PickleWriter(version: version)
        writer.write(self)
        return writer.finish()
    }
}

/// Writes the instructions that CPython's pickler would.
private struct PickleWriter {
    let version: Int
    private var bytes: [UInt8] = []
    /// How many objects were remembered: Python remembers every text and container.
    private var memoCount = 0

    init(version: Int) { self.version = version }

    mutating func finish() -> [UInt8] {
        bytes += [0x2E]
        let frame = version >= 4 ? [0x95] + littleEndian(UInt64(bytes.count)) : []
        return [0x80, UInt8(version)] + frame + bytes
    }

    mutating func write(_ object: Pickled) {
        switch object {
        case .none: bytes += [0x4E]
        case .bool(let flag): bytes += [flag ? 0x88 : 0x89]
        case .int(let value): write(value)
        case .float(let value): bytes += [0x47] + littleEndian(value.bitPattern).reversed()
        case .text(let text): write(text)
        case .tuple(let items):
            if items.isEmpty { return bytes += [0x29] }
            if items.count > 3 { bytes += [0x28] }
            for item in items { write(item) }
            bytes += [[0x85, 0x86, 0x87, 0x74][min(items.count, 4) - 1]]
            remember()
        case .list(let items):
            bytes += [0x5D]
            remember()
            if items.isEmpty { return }
            bytes += [0x28]
            for item in items { write(item) }
            bytes += [0x65]
        case .dictionary(let items):
            bytes += [0x7D]
            remember()
            set(items)
        case .orderedDictionary(let items, let attributes):
            write(.call(.global("collections", "OrderedDict"), []))
            set(items)
            if !attributes.isEmpty {
                write(.dictionary(attributes))
                bytes += [0x62]
            }
        case .global(let module, let name):
            if version >= 4 {
                write(module)
                write(name)
                bytes += [0x93]
            } else {
                bytes += [0x63] + "\(module)\n\(name)\n".utf8
            }
            remember()
        case .call(let function, let arguments):
            write(function)
            write(.tuple(arguments))
            bytes += [0x52]
            remember()
        case .persistent(let identity):
            write(identity)
            bytes += [0x51]
        case .raw(let instructions): bytes += instructions
        }
    }

    private mutating func set(_ items: [(Pickled, Pickled)]) {
        if items.isEmpty { return }
        if items.count > 1 { bytes += [0x28] }
        for (key, value) in items {
            write(key)
            write(value)
        }
        bytes += [items.count > 1 ? 0x75 : 0x73]
    }

    private mutating func write(_ value: Int) {
        if let byte = UInt8(exactly: value) {
            bytes += [0x4B, byte]
        } else if let short = UInt16(exactly: value) {
            bytes += [0x4D] + littleEndian(short)
        } else if let word = Int32(exactly: value) {
            bytes += [0x4A] + littleEndian(word)
        } else {
            bytes += [0x8A, 8] + littleEndian(value)
        }
    }

    private mutating func write(_ text: String) {
        let count = text.utf8.count
        bytes += version >= 4 && count < 256 ? [0x8C, UInt8(count)] : [0x58] + littleEndian(UInt32(count))
        bytes += text.utf8
        remember()
    }

    private mutating func remember() {
        if version >= 4 {
            bytes += [0x94]
        } else {
            bytes += memoCount < 256 ? [0x71, UInt8(memoCount)] : [0x72] + littleEndian(UInt32(memoCount))
        }
        memoCount += 1
    }
}

package func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
