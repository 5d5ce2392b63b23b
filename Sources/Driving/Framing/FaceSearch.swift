import FOMMCore
import Frames

/// The search for the driver's face at calibration: tells the framing where to look, until the face is found. A value; the
/// detecting queue owns it.
struct FaceSearch {
    private let framing: Framing
    private var finder: FaceFinder?

    init(_ framing: Framing) { self.framing = framing }

    var isUnderWay: Bool { finder != nil }

    /// - Parameter size: of the source's picture; `nil` for the one that the framing knows.
    mutating func begin(in size: FrameSize? = nil, avatar: Detection) {
        let finder = FaceFinder(in: size ?? framing.size, avatar: avatar)
        framing.look(at: finder.square)
        self.finder = finder
    }

    /// - Returns: the square, where this frame ends the search.
    mutating func observe(_ detection: Detection, _ viewpoint: Viewpoint) -> FrameSquare? {
        guard finder != nil else { return nil }
        let isFound = finder!.observe(detection, viewpoint)
        let square = finder!.square
        framing.look(at: square)
        guard isFound else { return nil }
        finder = nil
        return square
    }
}
