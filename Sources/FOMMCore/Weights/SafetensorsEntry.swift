import Foundation

/// A tensor in a file's header, as JSON.
struct SafetensorsEntry: Codable {
    let dtype: String
    package let shape: [Int]
    /// Start and end, from the end of the header.
    let dataOffsets: [Int]

    private enum CodingKeys: String, CodingKey {
        case dtype, shape
        case dataOffsets = "data_offsets"
    }
}
