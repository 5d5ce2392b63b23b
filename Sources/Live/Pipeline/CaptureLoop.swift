import Driving
import Frames

/// What the capture queue owns: the source, and what is made of its pictures.
struct CaptureLoop {
    private let source: any FrameSource
    private let pool: FramePool
    private let limit: Int?
    private let side: Int
    private let period: UInt64
    private let framing: Framing
    private var fit: SquareFit
    private var admission: FrameAdmission
    private var framesRead = 0

    /// - Parameters:
    ///   - side: of the square that the network sees.
    ///   - framing: which square of the picture that is.
    ///   - limit: stop after so many frames; `nil` reads to the end.
    init(
        _ source: any FrameSource, side: Int, framing: Framing, limit: Int?, admission: FrameAdmission
    ) {
        self.source = source
        self.limit = limit
        self.side = side
        self.framing = framing
        self.admission = admission
        period = source.frameRate.time(ofFrame: 1)
        fit = SquareFit(from: source.size, side: side)
        // One picture is being captured, one waits, one is being looked at.
        pool = FramePool(size: FrameSize(square: side), capacity: 3)
    }

    enum Outcome {
        /// The square that the network sees.
        case frame(Frame)
        case refused(DropCause)
        case end
    }

    /// See ``Frames/FrameSource/rest()``.
    func rest() { source.rest() }

    /// Reads a frame; waits for it where the source does.
    ///
    /// - Parameter done: so far.
    mutating func next(_ done: WorkDone) throws -> Outcome {
        guard limit.map({ framesRead < $0 }) ?? true else { return .end }
        let wanted = WantedSquare(framing.square(in: source.size), leastSide: side)
        source.wanted = wanted
        guard let frame = try source.next() else { return .end }
        framesRead += 1
        let captured = source.isLive ? frame.captured : .now
        if let cause = admission.refuses(captured, period: period, done: done) { return .refused(cause) }
        // A camera that was unplugged may come back with another size.
        if fit.input != frame.sourceSize { fit = SquareFit(from: frame.sourceSize, side: side) }
        let square = framing.square(in: frame.sourceSize)
        if fit.square != square { fit.move(to: square) }
        return .frame(fit(frame.stamped(sequence: frame.sequence, captured: captured), from: pool))
    }
}
