import FOMMCore
import Motion
import System

/// When a run is calibrated, and on what: at the start as the plan says, on request after a countdown, or whenever a better
/// pose is seen. A value; the detecting queue owns it.
struct CalibrationDesk {
    private let plan: CalibrationPlan
    private var session: CalibrationSession
    private var search: NeutralFrameSearch?
    /// Whether the search ends with the first face.
    private var awaitsFace = false

    /// What a frame leads to.
    enum Outcome {
        /// - Parameter score: `nil` for a calibration that nobody needs to be told of.
        case calibrated(DrivingInitial, CalibrationScore?, isImprovement: Bool)
        /// No face was seen for as long as one is waited for.
        case failed
    }

    init(_ plan: CalibrationPlan) {
        self.plan = plan
        session = CalibrationSession(frames: plan.frames)
    }

    /// Whether frames are being chosen among: each has to be looked at.
    var isBusy: Bool { search != nil || session.phase != .idle }

    /// Whether good frames are being gathered, or will be after the countdown.
    var isCalibrating: Bool { session.phase != .idle }

    /// Good frames there are, of how many.
    var gathered: (frames: Int, wanted: Int) { session.gathered }

    /// How many seconds are left to count down, at least 1; `nil` outside a countdown.
    func secondsLeft(now: MonotonicTime) -> Int? { session.secondsLeft(now: now) }

    /// The first frame decides how a run without a calibration begins.
    mutating func begin(at time: MonotonicTime) {
        switch plan.start {
        case .firstFrame, .given: break
        case .countdown: session.start(after: plan.countdown, now: time)
        case .automatic:
            search = NeutralFrameSearch(
                until: time.advanced(byNanoseconds: UInt64(plan.search * 1e9)), better: nil)
        }
    }

    /// Counts down and calibrates.
    mutating func calibrate(now: MonotonicTime) {
        search = nil
        session.start(after: plan.countdown, now: now)
    }

    /// Takes the first face that rests in view: what there is shows none.
    mutating func awaitFace() {
        search = NeutralFrameSearch(until: nil, better: nil)
        awaitsFace = true
    }

    /// Looks for better calibration frames from now on, or stops doing so.
    ///
    /// - Parameter score: of the present calibration; `nil` where there is none.
    /// - Returns: whether it does now.
    mutating func toggleSearch(better score: Int?) -> Bool {
        search = search == nil || awaitsFace ? NeutralFrameSearch(until: nil, better: score) : nil
        awaitsFace = false
        return search != nil
    }

    /// - Parameters:
    ///   - source: the avatar's keypoints.
    ///   - face: `nil` for models whose keypoints have no names.
    mutating func observe(
        _ observation: CalibrationSession.Observation, source: Keypoints, _ face: FaceKeypoints?, isCalibrated: Bool
    ) -> Outcome? {
        let takesAny = !isCalibrated && !plan.needsFace
        switch session.observe(observation, source: source, face, mustSucceed: takesAny) {
        case .calibrated(let initial, let score)?: return .calibrated(initial, score, isImprovement: false)
        case .failed?: return .failed
        case nil: break
        }
        if search?.isOver(at: observation.time) == true { search = nil }
        if let (initial, score) = search?.observe(observation, source: source, face) {
            if awaitsFace { (search, awaitsFace) = (nil, false) }
            return .calibrated(initial, score, isImprovement: isCalibrated)
        }
        // Better one frame than none; what comes after improves on it.
        guard takesAny, !isCalibrating else { return nil }
        return .calibrated(
            DrivingInitial(observation.detection, observation.viewpoint), nil, isImprovement: false)
    }
}
