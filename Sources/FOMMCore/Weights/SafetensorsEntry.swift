import Foundation

/// What a file's header has under a name, as JSON.
enum SafetensorsEntry: Codable {
    case metadata([String: String])
    case tensor(Tensor)

    struct Tensor: Codable {
        let dtype: String
        let shape: [Int]
        /// Start and end, from the end of the header.
        let dataOffsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    static let metadataName = "__metadata__"

    init(from decoder: any Decoder) throws {
        if decoder.codingPath.last?.stringValue == Self.metadataName {
            self = .metadata(try [String: String](from: decoder))
        } else {
            self = .tensor(try Tensor(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .metadata(let values): try values.encode(to: encoder)
        case .tensor(let tensor): try tensor.encode(to: encoder)
        }
    }
}
