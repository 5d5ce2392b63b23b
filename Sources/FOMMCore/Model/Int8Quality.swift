import Foundation

/// How near pictures on 8-bit integers come to those of float32, as a model's file says.
public struct Int8Quality: Sendable, Equatable {
    /// The lowest PSNR against float32, in dB, by the ``InstructionSet/int8Levels`` it was measured with.
    public let lowestPsnr: [Int: Double]

    public init(lowestPsnr: [Int: Double]) { self.lowestPsnr = lowestPsnr }

    /// Of a file's metadata: a number for each kind of levels, in the order of these. Levels that are missing are the fewest
    /// there are.
    public init(metadata: [String: String]) {
        func numbers(_ key: String) -> [Double] {
            (metadata[key] ?? "").split(separator: " ").compactMap { Double($0) }
        }
        let (psnr, levels) = (numbers(Self.psnrKey), numbers(Self.levelsKey).compactMap { Int(exactly: $0) })
        lowestPsnr = Dictionary(
            zip(levels.isEmpty ? [Self.fewestLevels] : levels, psnr), uniquingKeysWith: min)
    }

    /// For a file's metadata.
    public var metadata: [String: String] {
        let sorted = lowestPsnr.sorted { $0.key > $1.key }
        return [
            Self.psnrKey: sorted.map { "\($0.value)" }.joined(separator: " "),
            Self.levelsKey: sorted.map { "\($0.key)" }.joined(separator: " "),
        ]
    }

    /// What is to be expected with so many levels: half as many are 6 dB less; more than were measured with gain nothing. 0
    /// where a model does not say.
    func psnr(levels: Int) -> Double {
        lowestPsnr[levels]
            ?? lowestPsnr.map { $0.value - max(0, 20 * log10(Double($0.key) / Double(max(levels, 1)))) }.max() ?? 0
    }

    private static let psnrKey = "puppet.int8_psnr"
    private static let levelsKey = "puppet.int8_levels"
    private static let fewestLevels = 63
}
