import Frames

/// Decodes a camera's Motion JPEG, and tells pictures that are whole from those that are not. One queue owns a value.
final class MotionJPEG {
    private let size: FrameSize
    private var decompressor = JPEGDecompressor()
    /// For pictures that end without saying so: a copy that does. Grows to the largest one.
    private var copy = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1)

    init(_ size: FrameSize) { self.size = size }

    deinit { copy.deallocate() }

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
        if !bytes.endsWithMarker, decodeWithMarker(bytes, divisor, into: rgb) { return true }
        if decompressor.decodeVideoPicture(bytes, size, dividedBy: divisor, into: rgb) != .damaged { return true }
        // A picture cut off within its header leaves TurboJPEG in the middle of it, and the next one would fail too.
        decompressor = JPEGDecompressor()
        return false
    }

    /// Some cameras never write the end marker, and without it TurboJPEG has the same warning as for a picture that is
    /// cut short. With the marker put where the bytes end, only the latter has one: the data ends too early, before the
    /// marker. Not even stray bytes pass: zeros after a cut are read as a picture until it is full, and then left over.
    private func decodeWithMarker(
        _ bytes: UnsafeRawBufferPointer, _ divisor: Int, into rgb: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let count = bytes.count + 2
        if copy.count < count {
            copy.deallocate()
            copy = .allocate(byteCount: count + count / 2, alignment: 1)
        }
        copy.copyMemory(from: bytes)
        (copy[bytes.count], copy[bytes.count + 1]) = (0xFF, 0xD9)
        let marked = UnsafeRawBufferPointer(rebasing: copy[..<count])
        return decompressor.decodeVideoPicture(marked, size, dividedBy: divisor, into: rgb) == .whole
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a JPEG's end-of-image marker is the last thing but for zeros, which drivers fill up buffers with.
    fileprivate var endsWithMarker: Bool {
        var end = count
        while end > 0, self[end - 1] == 0 { end -= 1 }
        return end >= 2 && self[end - 2] == 0xFF && self[end - 1] == 0xD9
    }
}
