import Capture
import Frames
import TestSupport

@testable import Driving
@testable import FOMMCore
@testable import System

/// A ``LiveTracker`` with the bundled model before the test camera, on a clock of its own.
struct TrackerRig {
    let bench: MotionBench
    let framing: Framing
    var tracker: LiveTracker
    var step = QualityStep.exact
    private let camera: TestCamera
    private let driver = Driver()
    private let fit: SquareFit
    private let pool: FramePool
    private let collected = Collected<TrackingEvent>()
    private var frames = 0
    private(set) var seconds = 100.0

    private final class Driver { var pose = TestCamera.Pose.neutral }

    typealias Tracked = (motion: MotionFrame, report: TrackingReport)

    static let size = FrameSize(width: 640, height: 480)

    /// - Parameter crop: where the network looks at first.
    init(
        _ start: CalibrationPlan.Start, crop: CropChoice = .center, change: (inout TrackerSettings) -> Void = { _ in }
    ) throws {
        bench = try MotionBench()
        framing = try Framing(crop, in: Self.size)
        camera = TestCamera(
            portrait: bench.portrait, size: Self.size, frameRate: FrameRate(30), script: { [driver] _ in driver.pose },
            noise: MotionBench.fineNoise)
        fit = SquareFit(from: Self.size, side: bench.model.frameSize)
        pool = FramePool(size: FrameSize(square: bench.model.frameSize), capacity: 3)
        var settings = TrackerSettings()
        settings.calibration.start = start
        settings.calibration.findsFace = crop == .auto
        settings.calibration.frames = 8
        settings.calibration.countdown = 0
        change(&settings)
        let avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector))
        tracker = LiveTracker(
            bench.detector, avatar: avatar, settings: settings, framing: framing,
            onEvent: { [collected] in collected.append($0) })
    }

    /// Words for what happened so far.
    var events: [String] {
        collected.all.map { event in
            switch event {
            case .calibrated(_, _, _, let isImprovement): isImprovement ? "improved" : "calibrated"
            case .noFaceToCalibrate: "no face to calibrate"
            case .recalled, .notRecalled: "recalled"
            case .cameraChanged: "camera"
            case .faceFound: "face found"
            case .realFace(let isOn): isOn ? "real face" : "avatar"
            case .faceLost: "lost"
            case .faceBack: "back"
            }
        }
    }

    /// Scores of the calibrations so far.
    var scores: [Int] {
        collected.all.compactMap { if case .calibrated(_, let score, _, _) = $0 { score.value } else { nil } }
    }

    /// That the driver holds.
    var pose: TestCamera.Pose { driver.pose }

    var now: MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds * 1e9)) }

    /// The driver holds a pose for a while.
    @discardableResult
    mutating func hold(_ pose: TestCamera.Pose, seconds duration: Double, rate: Double = 30) -> [Tracked] {
        driver.pose = pose
        return (0..<Int((duration * rate).rounded())).map { _ in
            let square = framing.square(in: Self.size)
            if fit.square != square { fit.move(to: square) }
            let frame = camera.next()!.stamped(sequence: frames, captured: now)
            frames += 1
            seconds += 1 / rate
            return tracker.track(fit(frame, from: pool), step)
        }
    }
}

/// The largest distance that any keypoint goes from one frame to the next, in keypoint units; 0.0078 is a pixel of 256.
func largestStep(_ frames: [TrackerRig.Tracked]) -> Float {
    zip(frames, frames.dropFirst()).map { before, after in
        largestDistance(before.motion.keypoints, after.motion.keypoints)
    }.max() ?? 0
}

/// The distance of the keypoint that is furthest from its counterpart.
func largestDistance(_ one: Keypoints, _ other: Keypoints) -> Float {
    (0..<one.count).map { index in
        let way = one[value: index] - other[value: index]
        return (way * way).sum().squareRoot()
    }.max() ?? 0
}

/// Every keypoint's mean over some frames.
func meanKeypoints(_ frames: some Collection<TrackerRig.Tracked>) -> Keypoints {
    var mean = frames.first!.motion.keypoints
    for index in 0..<mean.count {
        mean[value: index] = frames.reduce(.zero) { $0 + $1.motion.keypoints[value: index] } / Float(frames.count)
    }
    return mean
}
