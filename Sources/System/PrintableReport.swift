import Foundation

/// What `puppet bench` prints: a table for people, or the same as JSON.
package protocol PrintableReport: Encodable {
    var table: String { get }
}

extension PrintableReport {
    /// Keys in snake case, sorted.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
