/// What a command prints: a table for people, or the same as JSON.
package protocol PrintableReport: Encodable {
    var table: String { get }
}

extension PrintableReport {
    package func json() throws -> String { try prettyJSON(self) }
}
