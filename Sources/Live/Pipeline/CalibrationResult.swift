import Driving
import Foundation
import Synchronization
import System

/// What `puppet calibrate` made. Encodes as `--json` prints it.
package struct CalibrationResult: PrintableReport, Sendable {
    package let score: CalibrationScore
    /// The file it is kept in; `nil` where it was not to be kept.
    package let path: String?

    private enum CodingKeys: CodingKey {
        case score, advice, path
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(score.value, forKey: .score)
        try container.encode(score.advice.map(\.rawValue), forKey: .advice)
        try container.encode(path, forKey: .path)
    }

    package var table: String {
        let lines = [score.summary] + score.advice.dropFirst().map { "    also: \($0.rawValue)" }
        return (lines + [path.map { "kept in \($0)" } ?? "not kept; --calibration last or a file name keeps it"])
            .joined(separator: "\n")
    }
}
