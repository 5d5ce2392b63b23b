import Driving
import FOMMCore
import Flow
import Foundation
import Synchronization
import System

/// `puppet calibrate`: watches the driver until there is a calibration, and keeps it. A live run without outputs that
/// ends with its first calibration.
package struct CalibrationRun {
    private let pipeline: LivePipeline
    private let driving: DrivingSource
    private let model: FOMMModel
    private let keeper: CalibrationKeeper
    private let patience: Double
    private let verdict: Verdict
    private let failure: FirstFailure

    package struct Settings: Sendable {
        package var crop = CropChoice.center
        /// Seconds that the driver has to get ready.
        package var countdown = CalibrationPlan().countdown
        /// Seconds after the countdown without a calibration or its failure: the camera sends nothing, or next to it.
        package var patience = 30.0
        /// Threads of the network.
        package var threads = 2

        package init() {}
    }

    /// Opens the source and reads the avatar.
    ///
    /// - Parameters:
    ///   - avatars: the first one is what the driver is compared with.
    ///   - keeper: where the calibration is kept; what is kept there already does not matter.
    ///   - onProgress: called for every frame, on the detecting queue: must not block.
    package init(
        _ model: FOMMModel, avatars: AvatarList, driving: DrivingSource, keeper: CalibrationKeeper,
        settings: Settings, onProgress: @escaping @Sendable (TrackingReport.Calibration) -> Void
    ) throws {
        try keeper.checkPlace()
        let (verdict, failure) = (Verdict(), FirstFailure())
        var live = LivePipeline.Settings()
        live.tracker.calibration.start = .countdown
        live.tracker.calibration.countdown = settings.countdown
        live.tracker.calibration.needsFace = true
        live.crop = settings.crop
        live.onlyTracks = true
        live.threads = settings.threads
        var observer = LiveObserver()
        observer.onTracked = { onProgress($0.calibration) }
        observer.onEvent = verdict.note
        observer.onFailure = failure.report
        pipeline = try LivePipeline(
            model, avatars: avatars, driving: driving, settings: live, makeOutputs: { _ in [] }, observer: observer)
        self.driving = driving
        self.model = model
        self.keeper = keeper
        patience = settings.countdown + settings.patience
        self.verdict = verdict
        self.failure = failure
    }

    /// Returns when there is a calibration and it is kept.
    ///
    /// - Throws: ``PuppetError`` `.noCalibration` where nobody was seen, an error of the source or of the file system.
    ///   Nothing is kept then.
    package func run() throws -> CalibrationResult {
        let started = MonotonicTime.now
        var isLate = false
        pipeline.start()
        while !pipeline.wait(milliseconds: 20) {
            isLate = MonotonicTime.now.milliseconds(since: started) > patience * 1000
            if isLate || verdict.event != nil || failure.first != nil { pipeline.stop() }
        }
        if let error = failure.first { throw error }
        guard case .calibrated(let initial, let score, let avatar, _)? = verdict.event else {
            throw PuppetError(.noCalibration, driving.name, reason(isLate), hint: hint)
        }
        return CalibrationResult(score: score, path: try keeper.keep(initial, score, avatar, model))
    }

    private func reason(_ isLate: Bool) -> String {
        if verdict.event != nil { return "no calm face was in view; nothing is kept" }
        let frames = pipeline.counts.read
        return isLate
            ? "no calibration within \(Int(patience.rounded())) seconds and \(frames) frames; nothing is kept"
            : "ended after \(frames) frames, before a calm face was seen; nothing is kept"
    }

    private var hint: String {
        driving.isCamera
            ? "face the camera in good light, hold still, and calibrate again"
            : "give a video in which a face rests for a second after the countdown"
    }
}

/// How a calibration ended. Any queue.
private final class Verdict: Sendable {
    private let first = Mutex<TrackingEvent?>(nil)

    /// Calibrated or failed; `nil` until then.
    var event: TrackingEvent? { first.withLock { $0 } }

    @Sendable func note(_ event: TrackingEvent) {
        switch event {
        case .calibrated, .noFaceToCalibrate: first.withLock { $0 = $0 ?? event }
        case .recalled, .notRecalled, .realFace, .cameraChanged, .faceFound, .faceLost, .faceBack: break
        }
    }
}
