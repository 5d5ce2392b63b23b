import Frames
import System

/// Where in a recording of constant rate the pictures of a live run go, which come when they can: what lasts longer is
/// repeated, so that the recording plays as long as the run took. One queue owns a value; nothing is allocated.
public struct RecordingTimeline: Sendable {
    /// What tells a picture's time.
    public enum Base: Sendable {
        /// When its driving frame was captured: for cameras. The recording begins with the first picture.
        case captured
        /// Its driving frame's number: for a driving file, which says itself when its frames are shown, and whose sound
        /// has to go with them.
        case sequence
    }

    public let rate: FrameRate
    private let base: Base
    private var origin: MonotonicTime?
    /// Frames that the recording has so far, repeats among them.
    public private(set) var frames = 0

    /// - Parameter rate: of the recording, the nominal one of whatever drives.
    public init(_ rate: FrameRate, _ base: Base) {
        self.rate = rate
        self.base = base
    }

    public var length: RecordingLength { RecordingLength(frames: frames, rate: rate) }

    /// Takes the next picture in.
    ///
    /// - Parameter isFiller: whether no driving frame stands behind it: it gets no place that another has.
    /// - Returns: how many more times the picture before it is shown first, or itself where it is the first one; `nil` where
    ///   the recording is ahead of it already, because pictures come faster than its rate: a newer one will take the place.
    public mutating func place(_ frame: Frame, isFiller: Bool = false) -> Int? {
        let index: Int
        switch base {
        case .sequence: index = frame.sequence
        case .captured:
            let origin = origin ?? frame.captured
            self.origin = origin
            index = self.index(at: frame.captured, since: origin)
        }
        // A camera's clock trembles: one frame early is no reason to leave it out.
        guard index >= (isFiller ? frames : frames - 1) else { return nil }
        let repeats = max(0, index - frames)
        frames += repeats + 1
        return repeats
    }

    /// Lets the recording last until the run's end.
    ///
    /// - Returns: how many more times its last picture is shown; 0 where there is none.
    public mutating func extend(to end: RunEnd) -> Int {
        guard frames > 0 else { return 0 }
        let wanted = origin.map { index(at: end.time, since: $0) } ?? end.framesRead
        let repeats = max(0, wanted - frames)
        frames += repeats
        return repeats
    }

    private func index(at time: MonotonicTime, since origin: MonotonicTime) -> Int {
        Int((time.milliseconds(since: origin) / 1000 * rate.framesPerSecond).rounded())
    }
}
