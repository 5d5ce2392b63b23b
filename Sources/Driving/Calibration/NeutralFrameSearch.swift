import FOMMCore
import Motion
import System

/// `--calibrate auto`: looks for a frame whose pose is nearer to the avatar's than that of the calibration frame, and
/// takes it when it is clearly better and the driver rests in it. A value; the detecting queue owns it.
struct NeutralFrameSearch: Sendable {
    /// When the search ends; `nil` goes on until it is switched off.
    private let end: MonotonicTime?
    /// The last few frames: one that flits by is no rest.
    private var recent: [Detection] = []
    private var viewpoint: Viewpoint?
    private var best: Int

    /// Frames whose median is taken.
    private static let frames = 5
    /// Points of the score by which a frame has to be better.
    private static let gain = 5

    /// - Parameter score: of the present calibration, 0...100; `nil` where there is none, so that any is better.
    init(until end: MonotonicTime?, better score: Int?) {
        self.end = end
        best = score ?? -Self.gain
        recent.reserveCapacity(Self.frames)
    }

    func isOver(at time: MonotonicTime) -> Bool { end.map { time > $0 } ?? false }

    /// - Parameters:
    ///   - source: the avatar's keypoints.
    ///   - face: `nil` for models whose keypoints have no names.
    /// - Returns: a better calibration, where this frame completes one.
    package mutating func observe(
        _ observation: CalibrationSession.Observation, source: Keypoints, _ face: FaceKeypoints? = nil
    ) -> (DrivingInitial, CalibrationScore)? {
        guard observation.confidence >= FacePresence.threshold, observation.keypoints.allFinite,
            viewpoint == nil || viewpoint == observation.viewpoint
        else {
            recent.removeAll(keepingCapacity: true)
            viewpoint = nil
            return nil
        }
        viewpoint = observation.viewpoint
        if recent.count == Self.frames { recent.removeFirst() }
        recent.append(observation.detection)
        guard recent.count == Self.frames else { return nil }
        // Cheap first: the median is taken only where its middle frame promises something.
        let unrest = recent[0].keypoints.meanDistance(to: observation.keypoints)
        let difference = PoseDifference(from: source, to: recent[Self.frames / 2].keypoints)
        let promise = CalibrationScore.value(difference, unrest: unrest, confidence: observation.confidence)
        guard promise >= best + Self.gain else { return nil }
        let initial = DrivingInitial(medianOf: recent, observation.viewpoint)
        let found = CalibrationScore(
            initial.keypoints, source: source, face: face, unrest: unrest, confidence: observation.confidence)
        guard found.value >= best + Self.gain else { return nil }
        best = found.value
        return (initial, found)
    }
}
