import FOMMCore
import Motion
import System

/// Choosing the calibration frame while the run goes on: counts down, gathers good frames, takes their median. What was
/// calibrated before stays until there is something better. A value; the detecting queue owns it.
struct CalibrationSession: Sendable {
    /// What is going on.
    enum Phase: Sendable, Equatable {
        case idle
        /// Whoever drives gets ready until then.
        case countdown(until: MonotonicTime)
        /// Good frames are being gathered.
        case collecting(since: MonotonicTime)
    }

    struct Observation {
        let detection: Detection
        package let viewpoint: Viewpoint
        /// 0...1.
        let confidence: Double
        package let time: MonotonicTime

        package var keypoints: Keypoints { detection.keypoints }
    }

    package enum Outcome {
        case calibrated(DrivingInitial, CalibrationScore)
        /// No face was seen for as long as one is waited for.
        case failed
    }

    private(set) var phase = Phase.idle
    private let wanted: Int
    private var frames: [Detection] = []
    /// When the first of ``frames`` was captured.
    private var calmSince: MonotonicTime?
    /// Frames nobody can be seen on, kept for when there are no better ones.
    private var doubtful: [Detection] = []
    private var viewpoint: Viewpoint?
    private var confidence = 0.0

    /// Milliseconds that are waited for good frames.
    private static let patience = 4000.0
    /// Milliseconds of calm that will do where a camera gives few frames.
    private static let longCalm = 1000.0
    /// Confidence from which a frame counts.
    private static let sure = FacePresence.threshold
    /// A keypoint that moves further from one frame to the next than this, on average, is no calm pose; keypoint units.
    private static let calm = 0.03

    /// Good frames there are, of how many.
    var gathered: (frames: Int, wanted: Int) { (frames.count, wanted) }

    /// - Parameter frames: whose median is taken, at least 1.
    init(frames wanted: Int) {
        precondition(wanted > 0, "calibration over \(wanted) frames")
        self.wanted = wanted
    }

    /// - Parameter seconds: of countdown; 0 starts with the next frame.
    package mutating func start(after seconds: Double, now: MonotonicTime) {
        phase =
            seconds > 0
            ? .countdown(until: now.advanced(byNanoseconds: UInt64(seconds * 1e9))) : .collecting(since: now)
        forget()
    }

    /// How many seconds are left to count down, at least 1; `nil` outside a countdown.
    func secondsLeft(now: MonotonicTime) -> Int? {
        guard case .countdown(let end) = phase else { return nil }
        return max(1, Int((end.milliseconds(since: now) / 1000).rounded(.up)))
    }

    /// - Parameters:
    ///   - source: the avatar's keypoints, for the score.
    ///   - face: `nil` for models whose keypoints have no names.
    ///   - mustSucceed: whether frames without a face will do where there are no others: better than no calibration.
    package mutating func observe(
        _ observation: Observation, source: Keypoints, _ face: FaceKeypoints? = nil, mustSucceed: Bool
    ) -> Outcome? {
        if case .countdown(let end) = phase, observation.time >= end { phase = .collecting(since: observation.time) }
        guard case .collecting = phase else { return nil }
        gather(observation)
        if frames.count >= wanted { return finish(frames, observation.viewpoint, source, face) }
        guard case .collecting(let since) = phase, observation.time.milliseconds(since: since) >= Self.patience
        else { return nil }
        let calm = calmSince.map { observation.time.milliseconds(since: $0) } ?? 0
        if frames.count >= max(1, wanted / 3) || calm >= Self.longCalm {
            return finish(frames, observation.viewpoint, source, face)
        }
        guard mustSucceed else {
            phase = .idle
            return .failed
        }
        let best = frames.isEmpty ? doubtful : frames
        return best.isEmpty ? nil : finish(best, observation.viewpoint, source, face)
    }

    /// Adds a frame to those it belongs to.
    private mutating func gather(_ observation: Observation) {
        if let viewpoint, viewpoint != observation.viewpoint {
            // Frames from elsewhere say nothing of these: as if it had just begun.
            forget()
            phase = .collecting(since: observation.time)
        }
        viewpoint = observation.viewpoint
        guard observation.keypoints.allFinite else { return }
        guard observation.confidence >= Self.sure else {
            if doubtful.count < wanted { doubtful.append(observation.detection) }
            return
        }
        if let last = frames.last, last.keypoints.meanDistance(to: observation.keypoints) > Self.calm {
            forgetFrames()
        }
        if frames.isEmpty { calmSince = observation.time }
        frames.append(observation.detection)
        confidence += observation.confidence
    }

    /// - Parameter chosen: at least one.
    private mutating func finish(
        _ chosen: [Detection], _ viewpoint: Viewpoint, _ source: Keypoints, _ face: FaceKeypoints? = nil
    ) -> Outcome {
        let initial = DrivingInitial(medianOf: chosen, viewpoint)
        let unrest = chosen.reduce(0) { $0 + $1.keypoints.meanDistance(to: initial.keypoints) } / Double(chosen.count)
        let score = CalibrationScore(
            initial.keypoints, source: source, face: face, unrest: unrest,
            confidence: frames.isEmpty ? 0 : confidence / Double(frames.count))
        phase = .idle
        return .calibrated(initial, score)
    }

    private mutating func forget() {
        forgetFrames()
        doubtful.removeAll(keepingCapacity: true)
        viewpoint = nil
    }

    private mutating func forgetFrames() {
        frames.removeAll(keepingCapacity: true)
        calmSince = nil
        confidence = 0
    }
}

extension Keypoints {
    /// Mean distance of the keypoints from those of `other`, in keypoint units.
    func meanDistance(to other: Keypoints) -> Double {
        var sum = 0.0
        for index in 0..<count {
            let difference = SIMD2<Double>(self[value: index]) - SIMD2<Double>(other[value: index])
            sum += (difference * difference).sum().squareRoot()
        }
        return sum / Double(count)
    }
}
