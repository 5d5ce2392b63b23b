import FOMMCore

/// Runs `body` on bytes as on a file.
package func withFile<Result>(
    _ bytes: [UInt8], name: String = "model.pth.tar", _ body: (MappedFile) throws -> Result
) rethrows -> Result {
    try bytes.withUnsafeBytes { try body(MappedFile(name: name, borrowing: $0)) }
}
