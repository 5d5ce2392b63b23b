import FOMMCore
import Motion
import System

/// What a live run does to the driver's keypoints besides relative motion, in the order of docs/motion.md: another crop
/// undone, absence bridged, tremble taken out, gains, limits, and the ease after a calibration. A value; the detecting queue
/// owns it.
struct LiveShaping {
    private let settings: TrackerSettings
    private let onEvent: @Sendable (TrackingEvent) -> Void
    private var correction = CropCorrection()
    private var presence: FacePresence
    private var filter: KeypointFilter
    private var ease: MotionEase?
    /// Where the avatar's keypoints were to be last.
    private var shown: Keypoints?

    /// - Parameters:
    ///   - face: `nil` for models whose keypoints have no names.
    ///   - onEvent: called on this value's queue: must not block.
    init(_ settings: TrackerSettings, _ face: FaceKeypoints?, onEvent: @escaping @Sendable (TrackingEvent) -> Void) {
        self.settings = settings
        self.onEvent = onEvent
        presence = FacePresence(settings.onLost)
        filter = KeypointFilter(strength: settings.smoothing, face: face)
    }

    var isLost: Bool { presence.phase == .lost }
    /// Whether an absent driver changes nothing any more.
    var isSettled: Bool { presence.isSettled }
    /// Whether a virtual camera shows a card because nobody is there.
    var showsCard: Bool { presence.showsCard }

    /// Begins anew after a calibration, from what the avatar shows.
    ///
    /// - Parameter time: when it was made; `nil` before the first frame.
    mutating func calibrated(at time: MonotonicTime?) {
        ease = time.flatMap { time in shown.map { MotionEase(from: $0, since: time) } }
        filter.reset()
        correction = CropCorrection()
        if isLost { onEvent(.faceBack) }
        presence = FacePresence(settings.onLost)
    }

    /// Begins anew with another avatar, which has shown nothing yet.
    mutating func avatarChanged() {
        ease = nil
        shown = nil
    }

    /// The avatar stays as its picture shows it.
    mutating func rest(_ source: Keypoints) -> Keypoints {
        shown = source
        return source
    }

    /// Where the avatar's keypoints are to be.
    ///
    /// - Parameters:
    ///   - keypoints: of the driver, as `viewpoint` has them.
    ///   - confidence: 0...1, that they are a face's.
    ///   - source: the avatar's.
    mutating func callAsFunction(
        _ keypoints: Keypoints, _ viewpoint: Viewpoint, confidence: Double, at time: MonotonicTime,
        _ neutral: inout NeutralPose, source: Keypoints
    ) -> Keypoints {
        let isRelative = if case .relative = settings.mode { true } else { false }
        let seconds = Double(time.nanoseconds) / 1e9
        let initial = neutral.initial.keypoints
        // Absolute motion is where the driver is in the picture as it is cut now.
        let seen =
            isRelative
            ? correction(
                keypoints.seen(from: viewpoint, as: neutral.initial.viewpoint), viewpoint,
                isFace: confidence >= FacePresence.returnThreshold)
            : keypoints
        let before = presence.phase
        // Before the filter, which then never sees what an empty chair looks like.
        let trusted = presence(seen, confidence: confidence, neutral: isRelative ? initial : source, at: seconds)
        let present = filter(trusted, at: seconds)
        if presence.phase != before {
            if presence.phase == .lost { onEvent(.faceLost) }
            if before == .lost { onEvent(.faceBack) }
        }
        let moved = settings.limits(neutral.motion(present, rest: presence.rest), source: source)
        let share = ease?.share(at: time) ?? 1
        if share == 1 { ease = nil }
        let eased = ease.map { $0.from.interpolated(to: moved, by: share) } ?? moved
        shown = eased
        return eased
    }
}
