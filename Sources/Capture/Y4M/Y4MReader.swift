import Frames

/// Uncompressed video as YUV4MPEG2, from a file or from a pipe. One queue owns a value.
///
/// Pictures come from a pool, so a consumer that lets go of them makes reading free of allocation. Colour is taken as
/// BT.601, which is what the format implies.
public final class Y4MReader: FrameSource {
    public let name: String
    public let frameRate: FrameRate
    /// Known for a regular file whose frame lines carry no parameters and whose last frame is whole.
    public let frameCount: Int?
    public var size: FrameSize { header.size }
    /// Others would have to be resampled, which is for who opens it to see to.
    var hasSquarePixels: Bool { header.hasSquarePixels }

    private static let plainFrameLine = "FRAME\n"
    private let input: ByteInput
    private let header: Y4MHeader
    private let converter: YUVConverter
    private let pool: FramePool
    private let planes: UnsafeMutableRawBufferPointer
    private var framesRead = 0

    /// Opens the file, FIFO or device `path` and reads the stream's header.
    ///
    /// - Throws: ``CaptureError``.
    public convenience init(path: String) throws(CaptureError) {
        try self.init(ByteInput(path: path))
    }

    /// Reads the stream's header from a descriptor that somebody else owns, for example standard input.
    ///
    /// - Parameter name: what to call it in a message.
    /// - Throws: ``CaptureError``.
    public convenience init(descriptor: CInt, name: String) throws(CaptureError) {
        try self.init(ByteInput(borrowing: descriptor, name: name))
    }

    private init(_ input: ByteInput) throws(CaptureError) {
        self.input = input
        name = input.name
        header = try Self.readHeader(input)
        frameRate = header.rate
        frameCount = try Self.countFrames(input, header)
        converter = YUVConverter(size: header.size, layout: header.layout, isFullRange: header.isFullRange)
        pool = FramePool(size: header.size, capacity: 2)
        planes = .allocate(byteCount: header.layout.byteCount(of: header.size), alignment: 64)
    }

    deinit { planes.deallocate() }

    /// - Throws: ``CaptureError``: `.truncated` in the middle of a frame, `.malformed` between frames, `.cannotRead`.
    public func next() throws -> Frame? {
        guard try takeFrameLine() else { return nil }
        let count = try input.read(into: planes)
        guard count == planes.count else {
            throw CaptureError(
                .truncated, name,
                "frame \(framesRead + 1) is cut short: \(planes.count) bytes expected, \(count) there",
                hint: "copy or write it again")
        }
        defer { framesRead += 1 }
        return pool.makeFrame(sequence: framesRead, captured: .now) {
            converter.convert(UnsafeRawBufferPointer(planes), into: $0)
        }
    }

    /// - Returns: `false` at the end of the stream.
    private func takeFrameLine() throws(CaptureError) -> Bool {
        if try input.peek(1).isEmpty { return false }
        guard let line = try input.line(limit: Y4MHeader.mostLineBytes),
            line.starts(with: "FRAME".utf8), line.count == 5 || line[5] == UInt8(ascii: " ")
        else {
            throw CaptureError(
                .malformed, name, "no FRAME line where frame \(framesRead + 1) should start",
                hint: "copy or write it again")
        }
        return true
    }

    private static func readHeader(_ input: ByteInput) throws(CaptureError) -> Y4MHeader {
        guard try !input.peek(1).isEmpty else {
            throw CaptureError(
                .empty, input.name, "the stream is empty (0 bytes)", hint: "give a Y4M file or stream")
        }
        let signature = Y4MHeader.signature.utf8
        guard try input.peek(signature.count).elementsEqual(signature) else {
            throw CaptureError(
                .malformed, input.name, "not a Y4M stream: it does not start with \(Y4MHeader.signature)",
                hint: "give a Y4M file or stream")
        }
        guard let line = try input.line(limit: Y4MHeader.mostLineBytes) else {
            guard try input.peek(Y4MHeader.mostLineBytes).count == Y4MHeader.mostLineBytes else {
                throw CaptureError(
                    .truncated, input.name, "the stream ends within its header", hint: "copy or write it again")
            }
            throw CaptureError(
                .malformed, input.name,
                "the Y4M header does not end within \(Y4MHeader.mostLineBytes) bytes", hint: "copy or write it again")
        }
        return try Y4MHeader(String(decoding: line, as: UTF8.self), name: input.name)
    }

    private static func countFrames(_ input: ByteInput, _ header: Y4MHeader) throws(CaptureError) -> Int? {
        guard let remaining = input.remaining else { return nil }
        let start = try input.peek(plainFrameLine.utf8.count)
        guard start.isEmpty || start.elementsEqual(plainFrameLine.utf8) else { return nil }
        let (count, rest) = remaining.quotientAndRemainder(
            dividingBy: plainFrameLine.utf8.count + header.layout.byteCount(of: header.size))
        return rest == 0 ? count : nil
    }
}
