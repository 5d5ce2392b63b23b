/// What a command prints: a table for people, or the same as JSON.
package protocol PrintableReport: Encodable {
    var table: String { get }
}

extension PrintableReport {
    /// JSON is text: what is none in the name of a file is a question mark.
    package func json() throws -> String { try prettyJSON(self).withoutBytes }
}
