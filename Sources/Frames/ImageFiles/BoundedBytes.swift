/// Reads numbers from bytes that somebody else wrote: whatever lies outside them is `nil`, never a trap.
struct BoundedBytes {
    private let bytes: UnsafeRawBufferPointer
    private let bigEndian: Bool

    /// - Parameter bytes: valid for as long as the value is used.
    init(_ bytes: UnsafeRawBufferPointer, bigEndian: Bool) {
        self.bytes = bytes
        self.bigEndian = bigEndian
    }

    func uint8(at offset: Int) -> UInt8? { bytes.indices.contains(offset) ? bytes[offset] : nil }

    func uint16(at offset: Int) -> Int? { number(UInt16.self, at: offset) }

    func uint32(at offset: Int) -> Int? { number(UInt32.self, at: offset) }

    /// The `count` bytes from `offset`, if all of them are there.
    func slice(at offset: Int, count: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    private func number<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Int? {
        guard let field = slice(at: offset, count: MemoryLayout<Value>.size) else { return nil }
        let value = field.loadUnaligned(as: Value.self)
        return Int(bigEndian ? Value(bigEndian: value) : Value(littleEndian: value))
    }
}
