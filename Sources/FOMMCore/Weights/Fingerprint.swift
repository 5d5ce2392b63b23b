/// Tells data apart: FNV-1a of its length and of bytes from all over it. Not made to withstand anybody who wants two things
/// to look alike.
struct Fingerprint {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
        for index in bytes.indices.prefix(1 << 16) { add(bytes[index]) }
        for index in stride(from: 1 << 16, to: bytes.count, by: 4099) { add(bytes[index]) }
    }

    private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
