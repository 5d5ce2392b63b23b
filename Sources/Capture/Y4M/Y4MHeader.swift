import Frames

/// The first line of a YUV4MPEG2 stream.
struct Y4MHeader: Equatable, Sendable {
    /// The longest header or frame line that is accepted, in bytes.
    static let mostLineBytes = 1024
    static let signature = "YUV4MPEG2"
    /// What a stream without a frame rate, with the 0:0 that means unknown, or with one that cannot be, is taken to have.
    static let assumedRate = FrameRate(25)
    /// Frames a second; others are a clock's, or a mistake.
    private static let possibleRates = 0.01...1000

    let size: FrameSize
    let rate: FrameRate
    let layout: ChromaLayout
    /// Luma and chroma use all of 0...255 instead of 16...235 and 16...240.
    let isFullRange: Bool
    /// What a stream that does not say is taken to have.
    let hasSquarePixels: Bool

    /// - Parameters:
    ///   - line: the line without its line feed.
    ///   - name: what to call the stream in a message.
    /// - Throws: `.malformed`, `.tooLarge`, `.notSupported`; each names the tag.
    init(_ line: String, name: String) throws(CaptureError) {
        let fields = line.split(separator: " ")
        guard fields.first == Self.signature[...] else {
            throw CaptureError(
                .malformed, name, "not a Y4M stream: it does not start with \(Self.signature)",
                hint: "give a .y4m file or stream")
        }
        let fault = HeaderFault(name: name)
        var (width, height): (Int?, Int?) = (nil, nil)
        var rate = Self.assumedRate
        var layout = ChromaLayout.jpeg420  // what a stream without the tag means
        var isFullRange = false
        var pixelShape: (width: Int, height: Int)?
        for field in fields.dropFirst() {
            let value = field.dropFirst()
            switch field.first {
            case "W": width = try fault.number(value, tag: field)
            case "H": height = try fault.number(value, tag: field)
            case "F":
                let stated = try fault.ratio(value, tag: field).map { FrameRate($0, over: $1) }
                if let stated, Self.possibleRates.contains(stated.framesPerSecond) { rate = stated }
            case "A": pixelShape = try fault.ratio(value, tag: field)
            case "I": try fault.checkProgressive(value)
            case "C": layout = try fault.layout(value)
            case "X": if let stated = try fault.colourRange(value) { isFullRange = stated }
            default: throw fault.malformed("it has a tag that Y4M does not know: \(field)")
            }
        }
        guard let width, let height else {
            throw fault.malformed("it has no \(width == nil ? "width (W)" : "height (H)")")
        }
        guard width > 0, height > 0 else { throw fault.malformed("it says \(width)x\(height)") }
        guard let size = FrameSize(claimedWidth: width, height: height) else {
            throw CaptureError(
                .tooLarge, name,
                "its frames are \(width)x\(height), more than \(FrameSize.mostPixels / 1_000_000) megapixels",
                hint: "scale it down")
        }
        self.size = size
        self.rate = rate
        self.layout = layout
        self.isFullRange = isFullRange
        hasSquarePixels = pixelShape.map { $0.width == $0.height } ?? true
    }
}

/// Reads the values of header tags and words what is wrong with them.
private struct HeaderFault {
    let name: String

    func malformed(_ detail: String) -> CaptureError {
        CaptureError(
            .malformed, name, "the Y4M header is malformed: \(detail)", hint: "write the stream again")
    }

    /// Digits only: `Int` alone would take a sign. Nine of them keep every later product within 64 bits.
    func number(_ text: Substring, tag: Substring) throws(CaptureError) -> Int {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text)
        else { throw malformed("\(tag) is not a number of at most nine digits") }
        return value
    }

    /// - Returns: `nil` for 0:0, which means unknown.
    func ratio(_ text: Substring, tag: Substring) throws(CaptureError) -> (Int, Int)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw malformed("\(tag) is not a ratio such as 25:1") }
        let (numerator, denominator) = (try number(parts[0], tag: tag), try number(parts[1], tag: tag))
        if numerator == 0 && denominator == 0 { return nil }
        guard numerator > 0, denominator > 0 else { throw malformed("\(tag) has a zero in it") }
        return (numerator, denominator)
    }

    func checkProgressive(_ value: Substring) throws(CaptureError) {
        switch value {
        case "p", "?": return
        case "t", "b", "m":
            throw CaptureError(
                .notSupported, name, "interlaced video (I\(value)) is not supported",
                hint: "deinterlace it first, for example with ffmpeg -vf yadif")
        default: throw malformed("I\(value) is no interlacing that Y4M knows")
        }
    }

    func layout(_ value: Substring) throws(CaptureError) -> ChromaLayout {
        if let layout = ChromaLayout(rawValue: String(value)) { return layout }
        throw CaptureError(
            .notSupported, name, "the pixel format C\(value) is not supported",
            hint: "convert it to 8-bit 4:2:0, for example with ffmpeg -pix_fmt yuv420p")
    }

    /// - Returns: whether the range is full, or `nil` for another extension, which may be ignored.
    func colourRange(_ value: Substring) throws(CaptureError) -> Bool? {
        switch value {
        case "COLORRANGE=FULL": true
        case "COLORRANGE=LIMITED": false
        case _ where value.hasPrefix("COLORRANGE="): throw malformed("X\(value) is neither FULL nor LIMITED")
        default: nil
        }
    }
}
