import Foundation
import System

/// Everything that `puppet doctor` found; encodes as `--json` prints it.
package struct DoctorReport: PrintableReport, Sendable {
    package let checks: [Finding]

    package var problems: Int { checks.count { $0.state == .problem } }

    /// A line for each check.
    package var table: String { checks.map(\.line).joined(separator: "\n") }
}
