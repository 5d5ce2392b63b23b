import FOMMCore

/// Whether somebody is there, and the driver's keypoints with the times in between bridged: they never jump, whatever
/// the detector says of an empty chair.
///
/// A frame that is not trusted is not followed: the last ones that were are held. When that lasts, the face is lost and
/// the policy decides; when it is back, the motion eases over to it. Every change of mind starts from what was shown
/// last, so one that comes half-way through the one before does not jump either. Pure: time comes in as seconds on any
/// clock. A value; belongs to one queue.
public struct FacePresence: Sendable {
    /// Whether there is a face.
    public enum Phase: Sendable {
        /// Frames are followed.
        case present
        /// The last frames were not trusted; the motion is held.
        case doubtful
        /// Nobody is there.
        case lost
    }

    /// Confidence (0...1, see ``FaceConfidence``) below which a frame is not trusted, and from which one is again.
    public static let (threshold, returnThreshold) = (0.4, 0.6)
    /// Seconds of doubt after which a face is lost, and of trust after which it is back.
    public static let (patience, returnPatience) = (0.5, 0.1)
    /// Seconds that the way to the neutral pose takes, and the way back to the driver.
    public static let (leaving, returning) = (0.7, 0.3)

    public let policy: LostFacePolicy
    public private(set) var phase = Phase.present
    /// Since when the frames speak against this phase; `nil` while they speak for it.
    private var contradicted: Double?
    private var ease: Ease?
    /// Whether the doubt began while the driver was shown as it was, not on a way back to it.
    private var hadCaughtUp = true
    /// What was returned last.
    private var shown: Keypoints?
    /// How much of that is the neutral pose, 0...1.
    public private(set) var rest = 0.0

    public init(_ policy: LostFacePolicy) { self.policy = policy }

    /// Whether the card is to be shown instead of the avatar.
    public var showsCard: Bool { policy == .card && phase == .lost }

    /// Whether nobody is there and nothing is under way: without a face the result stays as it is.
    public var isSettled: Bool { phase == .lost && ease == nil }

    /// - Parameters:
    ///   - driving: keypoints of the driving frame.
    ///   - confidence: 0...1, that it shows a face. Not a number counts as 0.
    ///   - neutral: the driver's keypoints that show the avatar as it is: those of the calibration frame for relative
    ///     motion, the avatar's own for absolute.
    ///   - seconds: when the frame was captured; must not go backwards (it stands still if it does).
    /// - Returns: `driving`, bit for bit, while a face is there and no way back to it is under way.
    public mutating func callAsFunction(
        _ driving: Keypoints, confidence: Double, neutral: Keypoints, at seconds: Double
    ) -> Keypoints {
        guard policy != .follow else { return driving }
        if let next = nextPhase(confidence, at: seconds) { begin(next, at: seconds) }
        let start = shown ?? (phase == .present ? driving : neutral)
        if shown == nil, phase != .present { rest = 1 }
        let (target, restTarget) =
            switch (phase, policy) {
            case (.present, _): (driving, 0.0)
            case (.lost, .neutral): (neutral, 1.0)
            case (.doubtful, _), (.lost, _): (start, rest)
            }
        let result = ease.map { $0.from.interpolated(to: target, by: $0.weight(at: seconds)) } ?? target
        rest = ease.map { $0.rest + $0.weight(at: seconds) * (restTarget - $0.rest) } ?? restTarget
        if let ease, ease.weight(at: seconds) >= 1 { self.ease = nil }
        shown = result
        return result
    }

    /// The phase that begins with this frame, if one does.
    private mutating func nextPhase(_ confidence: Double, at seconds: Double) -> Phase? {
        switch phase {
        case .present:
            return confidence >= Self.threshold ? nil : .doubtful
        case .doubtful:
            if confidence >= Self.threshold { return .present }
            return seconds - (contradicted ?? seconds) >= Self.patience ? .lost : nil
        case .lost:
            guard confidence >= Self.returnThreshold else {
                contradicted = nil
                return nil
            }
            let since = contradicted ?? seconds
            contradicted = since
            return seconds - since >= Self.returnPatience ? .present : nil
        }
    }

    /// Starts the way from what was shown last to what the phase wants.
    private mutating func begin(_ next: Phase, at seconds: Double) {
        if next == .doubtful { hadCaughtUp = ease == nil && shown != nil }
        ease = nil
        switch (next, policy) {
        case (.present, _):
            // After a moment's doubt there is no more to catch up with than that moment.
            let isBrief = phase == .doubtful && hadCaughtUp
            let held = isBrief ? seconds - (contradicted ?? seconds) : Self.returning
            ease = shown.map { Ease(from: $0, rest: rest, began: seconds, duration: min(held, Self.returning)) }
        case (.lost, .neutral):
            ease = shown.map { Ease(from: $0, rest: rest, began: seconds, duration: Self.leaving) }
        case (.doubtful, _), (.lost, _): break
        }
        contradicted = next == .doubtful ? seconds : nil
        phase = next
    }
}

/// A way from one pose to another that starts and ends at rest.
private struct Ease: Sendable {
    let from: Keypoints
    /// How much of that is the neutral pose.
    let rest: Double
    let began: Double
    let duration: Double

    /// 0...1.
    func weight(at seconds: Double) -> Double {
        guard seconds < began + duration else { return 1 }
        let t = max((seconds - began) / duration, 0)
        return t * t * (3 - 2 * t)
    }
}
