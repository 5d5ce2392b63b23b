import Display
import FOMMCore
import Frames
import Motion
import System

/// The detecting stage of a live run: what the driving frame shows, where that moves the avatar, and what to tell of it. Owns
/// the calibration. Belongs to one queue.
package struct LiveTracker {
    private var settings: TrackerSettings
    private let onEvent: @Sendable (TrackingEvent) -> Void
    /// `nil` for models whose keypoints have no names.
    private let face: FaceKeypoints?
    private var avatar: Avatar
    /// How sure one can be of a face, given the avatar's.
    private var avatarConfidence: FaceConfidence
    private var detector: SparingDetector
    private var faceSearch: FaceSearch
    private var desk: CalibrationDesk
    private var neutral: NeutralPose?
    /// Whether the calibration frame shows a face, as far as one can tell.
    private var isOnFace = true
    /// When one is looked for again.
    private var nextLook = MonotonicTime(nanoseconds: 0)
    private var shaping: LiveShaping
    private var hasStarted = false
    /// What the last frame showed, for when no more come.
    private var last: (keypoints: Keypoints, viewpoint: Viewpoint, sequence: Int, captured: MonotonicTime)?
    /// Where the avatar's keypoints were last; `nil` before its first picture.
    private var shown: Keypoints?

    /// Between two searches of the whole picture for a face, nanoseconds.
    private static let pause: UInt64 = 2_000_000_000

    /// Whether the driver's real face is sent instead of the avatar.
    package var isPassthrough: Bool {
        didSet { if isPassthrough != oldValue { onEvent(.realFace(isPassthrough)) } }
    }

    /// - Parameter onEvent: called on this value's queue: must not block.
    package init(
        _ detector: FrameDetector, avatar: Avatar, settings: TrackerSettings, framing: Framing,
        onEvent: @escaping @Sendable (TrackingEvent) -> Void = { _ in }
    ) {
        self.avatar = avatar
        self.settings = settings
        self.onEvent = onEvent
        self.detector = SparingDetector(detector)
        face = FaceKeypoints(names: detector.model.configuration.keypointNames)
        avatarConfidence = FaceConfidence(initial: avatar.context.detection)
        faceSearch = FaceSearch(framing)
        desk = CalibrationDesk(settings.calibration)
        shaping = LiveShaping(settings, face, onEvent: onEvent)
        isPassthrough = settings.realFace == .atFirst
        if case .given(let initial) = settings.calibration.start { adopt(initial, at: nil) }
    }

    /// Counts down and calibrates; what there is stays until then.
    package mutating func calibrate(now: MonotonicTime = .now) {
        if neutral == nil, settings.calibration.findsFace { faceSearch.begin(avatar: avatar.context.detection) }
        desk.calibrate(now: now)
    }

    /// Somebody is looked at from elsewhere: begins as with the first frame, and counts down.
    package mutating func driverChanged() {
        settings.calibration.start = .countdown
        desk = CalibrationDesk(settings.calibration)
        shaping = LiveShaping(settings, face, onEvent: onEvent)
        (neutral, last, shown, isOnFace, hasStarted) = (nil, nil, nil, true, false)
    }

    /// Looks for better calibration frames from now on, or stops doing so.
    ///
    /// - Returns: whether it does now.
    package mutating func toggleSearch() -> Bool { desk.toggleSearch(better: score) }

    /// The calibration stays: it belongs to the driver, not to the avatar.
    package mutating func show(_ avatar: Avatar) {
        self.avatar = avatar
        shown = nil
        avatarConfidence = FaceConfidence(initial: avatar.context.detection)
        shaping.avatarChanged()
        neutral = neutral.map { neutralPose($0.initial) }
    }

    /// - Parameters:
    ///   - part: what of the face.
    ///   - gain: how much of what it does is taken over from now on, 0...2.
    /// - Returns: whether the model can tell the part from others.
    package mutating func setGain(_ part: FacePart, _ gain: Double) -> Bool {
        guard face != nil else { return false }
        settings.face.gains[part] = gain
        neutral = neutral.map { neutralPose($0.initial) }
        return true
    }

    /// - Parameter frame: of the model's frame size.
    package mutating func track(
        _ frame: Frame, _ step: QualityStep = .exact
    ) -> (motion: MotionFrame, report: TrackingReport) {
        let started = MonotonicTime.now
        let detection = detector(frame, step, mustLook: faceSearch.isUnderWay || desk.isBusy)
        let viewpoint = Viewpoint(of: frame)
        begin(viewpoint, at: frame.captured)
        last = (detection.keypoints, viewpoint, frame.sequence, frame.captured)
        calibrate(detection, viewpoint, at: frame.captured)
        let confidence = confidence(detection, viewpoint)
        let keypoints = moved(detection.keypoints, viewpoint, confidence: confidence, at: frame.captured)
        shown = keypoints
        let motion = MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now),
            content: card(whileAbsent: .noFace).map { .card($0) } ?? .avatar,
            realFace: isPassthrough ? frame : nil)
        let report = TrackingReport(
            frame: frame, keypoints: detection.keypoints,
            initial: neutral.map { $0.initial.keypoints.seen(from: $0.initial.viewpoint, as: viewpoint) },
            confidence: confidence, calibration: calibrationState(at: frame.captured), avatar: avatar,
            avatarKeypoints: keypoints, isLost: shaping.isLost,
            framing: FramingAdvice(frame, detection.keypoints, source: avatar.context.keypoints),
            isPassthrough: isPassthrough)
        return (motion, report)
    }

    /// What to show while the camera gives no frames: to an avatar an absent camera is an absent driver.
    ///
    /// - Returns: `nil` where there is nothing to change any more, or has never been anything to show.
    package mutating func trackNobody(now: MonotonicTime = .now) -> MotionFrame? {
        guard let last, neutral != nil, settings.onLost != .follow else { return nil }
        let isSettled = shaping.isSettled
        let keypoints = moved(last.keypoints, last.viewpoint, confidence: 0, at: now)
        guard !isSettled else { return nil }
        shown = keypoints
        return filler(keypoints, card(whileAbsent: .noCamera), captured: now)
    }

    /// The avatar as it was last, to take the place of the last frame's picture.
    package func cover() -> MotionFrame {
        filler(shown ?? avatar.context.keypoints, card(whileAbsent: .noFace), captured: last?.captured ?? .now)
    }

    private func filler(_ keypoints: Keypoints, _ card: StandbyCard?, captured: MonotonicTime) -> MotionFrame {
        MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: last?.sequence ?? 0,
            times: FrameTimes(captured: captured, detectStarted: captured, detected: captured), content: .filler(card))
    }

    /// The first frame decides how it begins.
    private mutating func begin(_ viewpoint: Viewpoint, at time: MonotonicTime) {
        guard !hasStarted else { return }
        hasStarted = true
        if isPassthrough { onEvent(.realFace(true)) }
        guard neutral == nil else { return }
        if settings.calibration.findsFace {
            faceSearch.begin(in: viewpoint.sourceSize, avatar: avatar.context.detection)
        }
        desk.begin(at: time)
    }

    private func confidence(_ detection: Detection, _ viewpoint: Viewpoint) -> Double {
        guard let neutral else { return avatarConfidence(detection, forgiving: true) }
        return neutral.confidence(detection.seen(from: viewpoint, as: neutral.initial.viewpoint))
    }

    /// How good the calibration is for this avatar, 0...100; `nil` where there is none.
    private var score: Int? {
        neutral.map { neutral in
            CalibrationScore.value(
                PoseDifference(from: avatar.context.keypoints, to: neutral.initial.keypoints),
                face.map { FaceExpression(neutral.initial.keypoints, $0) }, unrest: 0,
                confidence: avatarConfidence(neutral.initial.detection, forgiving: true))
        }
    }

    private mutating func calibrate(_ detection: Detection, _ viewpoint: Viewpoint, at time: MonotonicTime) {
        if faceSearch.isUnderWay {
            if let square = faceSearch.observe(detection, viewpoint) { onEvent(.faceFound(square)) }
            return  // the next frames show the square
        }
        if !isOnFace, settings.calibration.findsFace, !isPassthrough, time >= nextLook {
            nextLook = time.advanced(byNanoseconds: Self.pause)
            faceSearch.begin(avatar: avatar.context.detection)
            return
        }
        // What the avatar says counts too; an empty chair that the run was calibrated on says nothing.
        let byAvatar = avatarConfidence(detection, forgiving: neutral == nil || !isOnFace)
        let sure = isOnFace ? max(byAvatar, confidence(detection, viewpoint)) : byAvatar
        let observation = CalibrationSession.Observation(
            detection: detection, viewpoint: viewpoint, confidence: sure, time: time)
        switch desk.observe(observation, source: avatar.context.keypoints, face, isCalibrated: neutral != nil) {
        case .calibrated(let initial, let score, let isImprovement)?:
            adopt(initial, at: time)
            if let score { onEvent(.calibrated(initial, score, avatar, isImprovement: isImprovement)) }
        case .failed?: onEvent(.noFaceToCalibrate)
        case nil: break
        }
    }

    /// - Parameter time: when the calibration was made; `nil` before the first frame.
    private mutating func adopt(_ initial: DrivingInitial, at time: MonotonicTime?) {
        if time != nil, settings.onLost != .follow {
            isOnFace = avatarConfidence(initial.detection, forgiving: true) >= FacePresence.threshold
        }
        neutral = neutralPose(initial)
        shaping.calibrated(at: time)
        guard let time, !isOnFace else { return }
        nextLook = time.advanced(byNanoseconds: Self.pause)
        desk.awaitFace()
    }

    /// Openings that the detector makes up where nobody is are counted from there, so that they move nothing.
    private func neutralPose(_ initial: DrivingInitial) -> NeutralPose {
        var settings = settings
        if !isOnFace { (settings.face.lips, settings.face.lids) = (.relative, .relative) }
        return NeutralPose(initial, settings, avatar: avatar, face: face)
    }

    /// Where the avatar's keypoints are to be.
    private mutating func moved(
        _ keypoints: Keypoints, _ viewpoint: Viewpoint, confidence: Double, at time: MonotonicTime
    ) -> Keypoints {
        let source = avatar.context.keypoints
        guard neutral != nil, !faceSearch.isUnderWay else { return shaping.rest(source) }
        return shaping(keypoints, viewpoint, confidence: confidence, at: time, &neutral!, source: source)
    }

    /// - Parameter absent: the card for when nobody is there.
    private func card(whileAbsent absent: StandbyCard) -> StandbyCard? {
        if neutral == nil { return .calibrate }
        return shaping.showsCard ? absent : nil
    }

    private func calibrationState(at time: MonotonicTime) -> TrackingReport.Calibration {
        if let seconds = desk.secondsLeft(now: time) { return .countdown(seconds) }
        if faceSearch.isUnderWay || desk.isCalibrating {
            let gathered = desk.gathered
            return .collecting(gathered.frames, of: gathered.wanted)
        }
        return neutral == nil ? .missing : .done
    }
}
