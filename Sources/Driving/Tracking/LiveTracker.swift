import Display
import FOMMCore
import Frames
import Motion
import System

/// The detecting stage of a live run: keypoints of the driving frame, smoothed, relative to the calibration frame, and
/// what to do when nobody is there. Owns the calibration. Belongs to one queue.
package struct LiveTracker {
    private let detector: FrameDetector
    private let settings: TrackerSettings
    private let framing: Framing
    private let onEvent: @Sendable (TrackingEvent) -> Void
    private var avatar: Avatar
    private var avatarConfidence: FaceConfidence
    private var neutral: NeutralPose?
    private var correction = CropCorrection()
    private var transition: Transition?
    /// Where the avatar's keypoints were to be last.
    private var shown: Keypoints?
    private var filter: KeypointFilter
    private var presence: FacePresence
    private var session: CalibrationSession
    private var search: NeutralFrameSearch?
    private var finder: FaceFinder?
    private var hasStarted = false
    /// What the last frame showed, for when no more come.
    private var last: (keypoints: Keypoints, viewpoint: Viewpoint, sequence: Int)?
    private var isWithoutCamera = false
    private var still: StillFrames
    /// What was found in the frame that `still` compares with.
    private var detected: (detection: Detection, at: MonotonicTime)?

    /// Milliseconds after which a frame is looked at whatever it shows.
    private static let longestTrust = 500.0

    /// Whether the driver's real face is sent instead of the avatar.
    package var isPassthrough: Bool {
        didSet { if isPassthrough != oldValue { onEvent(.realFace(isPassthrough)) } }
    }

    /// What the calibration frame and the avatar make of a driving frame.
    private struct NeutralPose {
        let initial: DrivingInitial
        let confidence: FaceConfidence
        let motion: RelativeMotion
    }

    /// What the avatar showed when it was calibrated, which it eases away from: filter, bridge and neutral pose begin
    /// anew then, and none of that is to be seen.
    private struct Transition {
        let from: Keypoints
        let since: MonotonicTime

        /// Milliseconds.
        private static let duration = 300.0

        /// How much of the way is gone, 0...1; starts and ends at rest.
        func share(at time: MonotonicTime) -> Double {
            let t = min(max(time.milliseconds(since: since) / Self.duration, 0), 1)
            return t * t * (3 - 2 * t)
        }
    }

    /// - Parameter onEvent: called on this value's queue: must not block.
    package init(
        _ detector: FrameDetector, avatar: Avatar, settings: TrackerSettings, framing: Framing,
        onEvent: @escaping @Sendable (TrackingEvent) -> Void = { _ in }
    ) {
        self.detector = detector
        self.avatar = avatar
        self.settings = settings
        self.framing = framing
        self.onEvent = onEvent
        avatarConfidence = FaceConfidence(initial: avatar.context.detection)
        filter = KeypointFilter(strength: settings.smoothing)
        presence = FacePresence(settings.onLost)
        still = StillFrames(side: detector.model.frameSize)
        isPassthrough = settings.isPassthrough
        session = CalibrationSession(frames: settings.calibration.frames)
        if case .given(let initial) = settings.calibration.start { adopt(initial, nil, at: nil) }
    }

    /// Counts down and calibrates; what there is stays until then.
    package mutating func calibrate(now: MonotonicTime = .now) {
        search = nil
        if neutral == nil, settings.calibration.findsFace { findFace(in: framing.size) }
        session.start(after: settings.calibration.countdown, now: now)
    }

    /// Looks for better calibration frames from now on, or stops doing so.
    ///
    /// - Returns: whether it does now.
    package mutating func toggleSearch() -> Bool {
        search = search == nil ? NeutralFrameSearch(until: nil, better: score) : nil
        return search != nil
    }

    /// The calibration stays: it belongs to the driver, not to the avatar.
    package mutating func show(_ avatar: Avatar) {
        self.avatar = avatar
        avatarConfidence = FaceConfidence(initial: avatar.context.detection)
        transition = nil
        shown = nil
        guard let neutral else { return }
        self.neutral = NeutralPose(
            initial: neutral.initial, confidence: neutral.confidence,
            motion: RelativeMotion(
                settings.mode, source: avatar.context.keypoints, initial: neutral.initial.keypoints))
    }

    /// - Parameter frame: of the model's frame size.
    package mutating func track(
        _ frame: Frame, _ step: QualityStep = .exact
    ) -> (motion: MotionFrame, report: TrackingReport) {
        let started = MonotonicTime.now
        let detection = detection(in: frame, step)
        let viewpoint = Viewpoint(of: frame)
        begin(viewpoint, at: frame.captured)
        last = (detection.keypoints, viewpoint, frame.sequence)
        isWithoutCamera = false
        // What the avatar says counts too: a calibration on an empty chair must not keep faces out for ever.
        let sure = max(avatarConfidence(detection, forgiving: neutral == nil), confidence(detection, viewpoint))
        calibrate(
            CalibrationSession.Observation(
                detection: detection, viewpoint: viewpoint, confidence: sure, time: frame.captured))
        let confidence = confidence(detection, viewpoint)
        let keypoints = moved(detection.keypoints, viewpoint, confidence: confidence, at: frame.captured)
        let motion = MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now),
            card: card, realFace: isPassthrough ? frame : nil)
        let report = TrackingReport(
            frame: frame, keypoints: detection.keypoints,
            initial: neutral.map { $0.initial.keypoints.seen(from: $0.initial.viewpoint, as: viewpoint) },
            confidence: confidence, calibration: calibrationState(at: frame.captured), avatar: avatar,
            avatarKeypoints: keypoints, isLost: presence.phase == .lost,
            framing: FramingAdvice(frame, detection.keypoints, source: avatar.context.keypoints),
            isPassthrough: isPassthrough)
        return (motion, report)
    }

    /// What the detector finds, or has found in a frame that shows the same. A calibration is made of frames that were
    /// looked at.
    private mutating func detection(in frame: Frame, _ step: QualityStep) -> Detection {
        if step.skipsDetector {
            if still.isStill(frame), finder == nil, search == nil, session.phase == .idle, let detected,
                frame.captured.milliseconds(since: detected.at) < Self.longestTrust
            {
                return detected.detection
            }
        }
        let detection = frame.pixels.withBytes { detector.detection(rgb8: $0) }
        if step.skipsDetector { still.keep() }
        detected = step.skipsDetector ? (detection, frame.captured) : nil
        return detection
    }

    /// What to show while the camera gives no frames: to an avatar an absent camera is an absent driver.
    ///
    /// - Returns: `nil` where there is nothing to change any more, or has never been anything to show.
    package mutating func trackNobody(now: MonotonicTime = .now) -> MotionFrame? {
        guard let last, neutral != nil, settings.onLost != .follow else { return nil }
        isWithoutCamera = true
        let isSettled = presence.isSettled
        let keypoints = moved(last.keypoints, last.viewpoint, confidence: 0, at: now)
        guard !isSettled else { return nil }
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: last.sequence,
            times: FrameTimes(captured: now, detectStarted: now, detected: now), card: card, isFiller: true)
    }

    /// The first frame decides how it begins.
    private mutating func begin(_ viewpoint: Viewpoint, at time: MonotonicTime) {
        guard !hasStarted else { return }
        hasStarted = true
        if isPassthrough { onEvent(.realFace(true)) }
        guard neutral == nil else { return }
        if settings.calibration.findsFace { findFace(in: viewpoint.sourceSize) }
        switch settings.calibration.start {
        case .firstFrame, .given: break
        case .countdown: session.start(after: settings.calibration.countdown, now: time)
        case .automatic:
            let end = time.advanced(byNanoseconds: UInt64(settings.calibration.search * 1e9))
            search = NeutralFrameSearch(until: end, better: nil)
        }
    }

    private mutating func findFace(in size: FrameSize) {
        let finder = FaceFinder(in: size, avatar: avatar.context.detection)
        framing.look(at: finder.square)
        self.finder = finder
    }

    private func confidence(_ detection: Detection, _ viewpoint: Viewpoint) -> Double {
        guard let neutral else { return avatarConfidence(detection, forgiving: true) }
        return neutral.confidence(detection.seen(from: viewpoint, as: neutral.initial.viewpoint))
    }

    /// How good the calibration is for this avatar, 0...100; `nil` where there is none.
    private var score: Int? {
        neutral.map { neutral in
            CalibrationScore.value(
                PoseDifference(from: avatar.context.keypoints, to: neutral.initial.keypoints), unrest: 0,
                confidence: avatarConfidence(neutral.initial.detection, forgiving: true))
        }
    }

    private mutating func calibrate(_ observation: CalibrationSession.Observation) {
        if finder != nil {
            let isFound = finder!.observe(observation.detection, observation.viewpoint)
            framing.look(at: finder!.square)
            guard isFound else { return }
            onEvent(.faceFound(finder!.square))
            finder = nil
            return  // the next frames show the square
        }
        let source = avatar.context.keypoints
        let mustSucceed = neutral == nil && !settings.calibration.needsFace
        switch session.observe(observation, source: source, mustSucceed: mustSucceed) {
        case .calibrated(let initial, let score)?: adopt(initial, score, at: observation.time)
        case .failed?: onEvent(.noFaceToCalibrate)
        case nil: break
        }
        if search?.isOver(at: observation.time) == true { search = nil }
        if let (initial, score) = search?.observe(observation, source: source) {
            adopt(initial, score, at: observation.time, isImprovement: neutral != nil)
        }
        if neutral == nil, session.phase == .idle, !settings.calibration.needsFace {
            // Better one frame than none; what comes after improves on it.
            adopt(DrivingInitial(observation.detection, observation.viewpoint), nil, at: observation.time)
        }
    }

    /// - Parameters:
    ///   - score: `nil` for a calibration that nobody needs to be told of.
    ///   - time: when it was made; `nil` before the first frame.
    private mutating func adopt(
        _ initial: DrivingInitial, _ score: CalibrationScore?, at time: MonotonicTime?, isImprovement: Bool = false
    ) {
        transition = time.flatMap { time in shown.map { Transition(from: $0, since: time) } }
        neutral = NeutralPose(
            initial: initial, confidence: FaceConfidence(initial: initial.detection),
            motion: RelativeMotion(settings.mode, source: avatar.context.keypoints, initial: initial.keypoints))
        filter.reset()
        correction = CropCorrection()
        if presence.phase == .lost { onEvent(.faceBack) }
        presence = FacePresence(settings.onLost)
        if let score { onEvent(.calibrated(initial, score, avatar, isImprovement: isImprovement)) }
    }

    /// Where the avatar's keypoints are to be.
    private mutating func moved(
        _ keypoints: Keypoints, _ viewpoint: Viewpoint, confidence: Double, at time: MonotonicTime
    ) -> Keypoints {
        let source = avatar.context.keypoints
        guard let neutral, finder == nil else {
            shown = source
            return source
        }
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
        let trusted = presence(
            seen, confidence: confidence, neutral: isRelative ? initial : source, at: seconds)
        let present = filter(trusted, at: seconds)
        if presence.phase != before {
            if presence.phase == .lost { onEvent(.faceLost) }
            if before == .lost { onEvent(.faceBack) }
        }
        let moved = settings.limits(
            neutral.motion(isRelative ? settings.gains(present, initial: initial) : present), source: source)
        let share = transition?.share(at: time) ?? 1
        if share == 1 { transition = nil }
        let eased = transition.map { $0.from.interpolated(to: moved, by: share) } ?? moved
        shown = eased
        return eased
    }

    private var card: StandbyCard? {
        if isPassthrough { return nil }
        if neutral == nil { return .calibrate }
        return presence.showsCard ? (isWithoutCamera ? .noCamera : .noFace) : nil
    }

    private func calibrationState(at time: MonotonicTime) -> TrackingReport.Calibration {
        if let seconds = session.secondsLeft(now: time) { return .countdown(seconds) }
        if finder != nil || session.phase != .idle { return .collecting }
        return neutral == nil ? .missing : .done
    }
}
