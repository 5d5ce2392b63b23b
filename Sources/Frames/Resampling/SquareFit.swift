/// Cuts a square out of pictures of one source and resizes it: how any picture becomes the network's.
///
/// `Resampler` says how. Frames may show a part of the source's picture or fewer pixels of it, and each something else: what lies
/// between two pixels is cut there. Tables and working memory are made when the square's side or what frames show
/// changes, not for every frame. One queue owns a value.
public final class SquareFit {
    /// Of the source's whole pictures.
    public let input: FrameSize
    /// Of the output, in both directions.
    public let side: Int
    /// What is cut out, in the source's pixels.
    public private(set) var square: FrameSquare
    private var geometry: CropGeometry
    private let resampler: Resampler

    /// - Parameters:
    ///   - side: width and height of the output, at least 1.
    ///   - square: inside `input`; by default the largest one in the middle.
    public init(from input: FrameSize, side: Int, square: FrameSquare? = nil) {
        precondition(side > 0, "square of side \(side)")
        let square = square ?? .centred(in: input)
        precondition(square.isInside(input), "square \(square) of \(input)")
        self.input = input
        self.side = side
        self.square = square
        geometry = CropGeometry(square, of: FramePart(of: input), pixels: input)
        resampler = Resampler(columns: geometry.columns, rows: geometry.rows, to: FrameSize(square: side))
    }

    /// Cuts out another square from now on. Allocates nothing where the side stays.
    ///
    /// - Parameter square: inside ``input``.
    public func move(to square: FrameSquare) {
        precondition(square.isInside(input), "square \(square) of \(input)")
        self.square = square
        arrange(geometry.part, geometry.pixels)
    }

    /// - Parameters:
    ///   - pixels: a whole picture of the size given to `init`.
    ///   - output: `3 * side * side` bytes, all of them written: RGB, interleaved, top row first.
    public func callAsFunction(_ pixels: PixelBuffer, into output: UnsafeMutableRawBufferPointer) {
        precondition(pixels.size == input, "SquareFit from \(input): got \(pixels.size)")
        arrange(FramePart(of: input), input)
        resampler(pixels, into: output)
    }

    /// The same as a frame from `pool`, with the sequence number and time of `frame`, and ``square`` as what it shows.
    ///
    /// - Parameter frame: whatever part of a picture of the size given to `init`; where the square is not all in it, the
    ///   nearest one that is.
    public func callAsFunction(_ frame: Frame, from pool: FramePool) -> Frame {
        precondition(frame.sourceSize == input, "SquareFit from \(input): got \(frame.sourceSize)")
        arrange(frame.part, frame.size)
        let part = FramePart(geometry.square, of: input)
        return pool.makeFrame(sequence: frame.sequence, captured: frame.captured, part: part) {
            resampler(frame.pixels, into: $0)
        }
    }

    private func arrange(_ part: FramePart, _ pixels: FrameSize) {
        let next = CropGeometry(square, of: part, pixels: pixels)
        guard next != geometry else { return }
        geometry = next
        resampler.look(at: next.columns, next.rows)
    }
}

/// Where a square of the source's picture lies among a frame's pixels.
private struct CropGeometry: Equatable {
    let part: FramePart
    let pixels: FrameSize
    /// What of the wanted square the frame shows.
    let square: FrameSquare
    let columns: SourceInterval
    let rows: SourceInterval

    init(_ wanted: FrameSquare, of part: FramePart, pixels: FrameSize) {
        self.part = part
        self.pixels = pixels
        square = part.square.map(wanted.clamped) ?? wanted
        let origin = part.square.map { ($0.x, $0.y) } ?? (0, 0)
        let shown = part.square.map { FrameSize(square: $0.side) } ?? part.sourceSize
        columns = SourceInterval(from: square.x - origin.0, length: square.side, shown: shown.width, as: pixels.width)
        rows = SourceInterval(from: square.y - origin.1, length: square.side, shown: shown.height, as: pixels.height)
    }
}
