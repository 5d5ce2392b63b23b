import Frames

/// Decodes a camera's Motion JPEG, and tells pictures that are whole from those that are not. One queue owns a value.
final class MotionJPEG {
    private let size: FrameSize
    private var decompressor = JPEGDecompressor()

    init(_ size: FrameSize) { self.size = size }

    /// By how much pictures can be made smaller while they are decoded, with no fewer than `leastSide` pixels left along
    /// the square's side.
    ///
    /// - Returns: 1, 2, 4 or 8. The size is divisible by it, so that every pixel is made from as many.
    static func divisor(_ size: FrameSize, _ square: FrameSquare, leastSide: Int) -> Int {
        [8, 4, 2].first {
            size.width.isMultiple(of: $0) && size.height.isMultiple(of: $0) && square.side >= $0 * leastSide
        } ?? 1
    }

    /// - Parameters:
    ///   - divisor: as ``divisor(_:_:leastSide:)`` has it.
    ///   - rgb: 3 bytes for each pixel of the result; where that is `false` they may have been written in part.
    /// - Returns: whether the picture is whole and has the size.
    func decode(
        _ bytes: UnsafeRawBufferPointer, dividedBy divisor: Int, into rgb: UnsafeMutableRawBufferPointer
    ) -> Bool {
        if decompressor.decodeVideoPicture(bytes, size, dividedBy: divisor, into: rgb) != .damaged { return true }
        // A picture cut off within its header leaves TurboJPEG in the middle of it, and the next one would fail too.
        decompressor = JPEGDecompressor()
        return false
    }
}
