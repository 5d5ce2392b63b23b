import Foundation

/// JSON as commands print it and files keep it: keys in snake case, sorted, a line each; dates as ISO 8601.
package func prettyJSON(_ value: some Encodable) throws -> String { try json(value, [.prettyPrinted]) }

/// The same on one line.
package func lineOfJSON(_ value: some Encodable) throws -> String { try json(value, []) }

private func json(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
