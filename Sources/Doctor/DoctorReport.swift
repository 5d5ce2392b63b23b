import Foundation
import System

/// Everything that `puppet doctor` found; encodes as `--json` prints it.
package struct DoctorReport: Encodable, Sendable {
    package let checks: [Finding]

    package var problems: Int { checks.count { $0.state == .problem } }

    package func json() throws -> String { try prettyJSON(self) }

    /// The same for people, a line for each check.
    package var text: String { checks.map(\.line).joined(separator: "\n") }
}
