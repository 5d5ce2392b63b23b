import Crypto
import FOMMCore

extension MappedFile {
    /// SHA-256 of the whole file, in hexadecimal digits.
    ///
    /// - Parameter progress: told bytes that were read, now and then.
    /// - Throws: whatever `progress` throws.
    public func sha256(progress: (Int) throws -> Void = { _ in }) rethrows -> String {
        try digest(by: SHA256(), progress)
    }

    /// MD5 of the whole file, in hexadecimal digits. Publishers of checkpoints give it against broken downloads: it tells
    /// accidents, not attacks.
    public func md5() -> String { digest(by: Insecure.MD5()) { _ in } }

    /// Pages are given back as they are read, so that a file of any size takes the memory of one piece.
    private func digest(by function: some HashFunction, _ progress: (Int) throws -> Void) rethrows -> String {
        var hash = function
        let piece = 1 << 22
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let range = start..<min(start + piece, bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[range]))
            finishedReading(range)
            try progress(range.upperBound)
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
