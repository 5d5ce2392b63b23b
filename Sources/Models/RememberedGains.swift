import FOMMCore
import Foundation
import System

/// What 8-bit integers gain on this computer, measured once and remembered: `$XDG_CACHE_HOME/puppet/int8-gains.json`. Any queue.
///
/// A cache that cannot be read or written is none; then it is measured again.
package struct RememberedGains: Sendable {
    private struct Contents: Codable {
        /// Of the program that measured: another one's kernels are others.
        let version: String
        /// By what was measured.
        var gains: [String: Double]
    }

    /// `nil` where nothing can be remembered.
    private let path: String?
    private let version: String
    private let processor: String
    private let measure: @Sendable (InstructionSet, Int) -> Double

    /// - Parameters:
    ///   - environment: of the process; `XDG_CACHE_HOME` and `HOME` are read.
    ///   - version: of this program.
    package init(environment: [String: String], version: String) {
        self.init(
            path: cacheFolder(environment).map { $0 + "/int8-gains.json" }, version: version,
            processor: InstructionSet.processor,
            measure: Int8Gain.measured)
    }

    init(
        path: String?, version: String, processor: String, measure: @escaping @Sendable (InstructionSet, Int) -> Double
    ) {
        (self.path, self.version, self.processor, self.measure) = (path, version, processor, measure)
    }

    /// As ``FOMMCore/Int8Gain/measured(_:channels:)``.
    package func gain(_ instructionSet: InstructionSet, channels: Int) -> Double {
        var contents = Contents(version: version, gains: [:])
        if let kept = remembered, kept.version == version { contents = kept }
        let key = "\(processor), \(instructionSet), \(channels) channels"
        if let gain = contents.gains[key], gain.isFinite, gain > 0 { return gain }
        let gain = measure(instructionSet, channels)
        contents.gains[key] = (1000 * gain).rounded() / 1000
        try? remember(contents)
        return gain
    }

    private var remembered: Contents? {
        guard let path, (try? FileKind(path: path)) == .regular,
            let bytes = try? FileBytes(path: path, limit: Self.mostBytes)
        else { return nil }
        return try? JSONDecoder().decode(Contents.self, from: bytes.withBytes { Data($0) })
    }

    private func remember(_ contents: Contents) throws {
        guard let path else { return }
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let file = try AtomicFile(path: path)
        try file.write([UInt8](try encoder.encode(contents)))
        try file.commit()
    }

    private static let mostBytes = 1 << 16
}
