import CPNG

/// The little of PNG's container that libpng's simplified API does not tell: its chunks, from the front, up to one whose
/// head is not there.
struct PNGChunks: Sequence, IteratorProtocol {
    struct Chunk {
        let type: UnsafeRawBufferPointer
        /// `nil` where it claims more than there is.
        let body: UnsafeRawBufferPointer?
    }

    private let bytes: BoundedBytes
    private var offset = 8  // the signature

    /// - Parameter file: valid for as long as the value is used.
    init(_ file: UnsafeRawBufferPointer) { bytes = BoundedBytes(file, bigEndian: true) }

    mutating func next() -> Chunk? {
        guard let length = bytes.uint32(at: offset), let type = bytes.slice(at: offset + 4, count: 4) else {
            return nil
        }
        defer { offset += length + 12 }  // length, type and checksum are 4 bytes each
        return Chunk(type: type, body: bytes.slice(at: offset + 8, count: length))
    }

    /// What is said in the `eXIf` chunk; upright if there is none or it is malformed.
    var orientation: Orientation {
        first { $0.type.elementsEqual("eXIf".utf8) }?.body.flatMap(EXIF.orientation) ?? .upright
    }

    /// Whether there is more than one picture in it.
    var isAnimated: Bool {
        prefix { !$0.type.elementsEqual("IDAT".utf8) }.contains { $0.type.elementsEqual("acTL".utf8) }
    }

    /// Whether all chunks before the picture's data are there. libpng takes the memory that a chunk claims to need.
    var fitTheFile: Bool {
        prefix { !$0.type.elementsEqual("IDAT".utf8) }.allSatisfy { $0.body != nil }
    }
}
