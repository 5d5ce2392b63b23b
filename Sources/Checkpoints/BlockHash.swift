import FOMMCore

/// A hash that works on blocks of 64 bytes and ends with the message's length: MD5 and the SHA family. A conforming type
/// only mixes blocks; bytes come in pieces of any length.
package protocol BlockHash {
    var pending: PendingBlock { get set }
    init()
    /// - Parameter blocks: a multiple of 64 bytes.
    mutating func compress(_ blocks: UnsafeRawBufferPointer)
    /// What the blocks so far became.
    var words: [UInt32] { get }
    /// Of words and of the message's length.
    static var isBigEndian: Bool { get }
}

/// What does not fill a block yet.
package struct PendingBlock: Sendable {
    fileprivate var bytes: [UInt8] = []
    /// Of the whole message so far, in bytes.
    fileprivate var count: UInt64 = 0
}

extension BlockHash {
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        pending.count += UInt64(bytes.count)
        var bytes = bytes[...]
        if !pending.bytes.isEmpty {
            let missing = bytes.prefix(64 - pending.bytes.count)
            pending.bytes += missing
            bytes = bytes.dropFirst(missing.count)
            guard pending.bytes.count == 64 else { return }
            let block = pending.bytes
            pending.bytes = []
            block.withUnsafeBytes { compress($0) }
        }
        let whole = bytes.prefix(bytes.count / 64 * 64)
        compress(UnsafeRawBufferPointer(rebasing: whole))
        pending.bytes += bytes.dropFirst(whole.count)
    }

    /// Of everything that was added, in hexadecimal digits.
    package var digest: String {
        var last = self
        last.addPadding()
        return last.words.flatMap { Self.bytes(of: $0) }
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A bit, zeros, and the length in bits, so that the last block is full.
    private mutating func addPadding() {
        let zeros = (119 - Int(pending.count % 64)) % 64
        let end = [0x80] + [UInt8](repeating: 0, count: zeros) + Self.bytes(of: pending.count &* 8)
        end.withUnsafeBytes { add($0) }
    }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: isBigEndian ? number.bigEndian : number.littleEndian) { Array($0) }
    }
}

extension MappedFile {
    /// The hash of the whole file, whose pages are given back as they are read.
    ///
    /// - Parameter progress: told bytes that were read, now and then.
    /// - Throws: whatever `progress` throws.
    package func digest<Hash: BlockHash>(
        _: Hash.Type = SHA256.self, progress: (Int) throws -> Void = { _ in }
    ) rethrows -> String {
        var hash = Hash()
        let piece = 1 << 22
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let range = start..<min(start + piece, bytes.count)
            hash.add(UnsafeRawBufferPointer(rebasing: bytes[range]))
            finishedReading(range)
            try progress(range.upperBound)
        }
        return hash.digest
    }
}
