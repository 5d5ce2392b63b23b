import CV4L2

/// Four letters that name how pixels lie in memory.
struct FourCC: Hashable, Sendable, CustomStringConvertible {
    let code: UInt32

    init(code: UInt32) { self.code = code }

    /// - Parameter name: four ASCII letters.
    init(_ name: StaticString) {
        precondition(name.utf8CodeUnitCount == 4, "FourCC \(name)")
        code = (0..<4).reduce(0) { $0 | UInt32(name.utf8Start[$1]) << (8 * $1) }
    }

    /// Letters that nobody can read are shown as `?`; the high bit, which marks big-endian formats, is left out.
    var description: String {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
        return String(decoding: letters.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
