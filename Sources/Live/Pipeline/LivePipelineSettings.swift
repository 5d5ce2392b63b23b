import Driving
import FOMMCore
import Frames
import System

extension LivePipeline {
    package struct Settings: Sendable {
        package var tracker = TrackerSettings()
        /// Where ``TrackerSettings/calibration`` begins with the first frame: another one of a recorded video instead.
        package var calibrationFrame = CalibrationChoice.firstFace
        package var crop = CropChoice.center
        /// Whether frames are looked at and no pictures made of them.
        package var onlyTracks = false
        /// Where a calibration of an earlier run is looked for.
        package var keeper = CalibrationKeeper(.nowhere, camera: "")
        /// Threads of the network; ``LatencyMode`` says which stage gets them.
        package var threads = 2
        package var latency = LatencyMode.low
        package var drop = DropPolicy.stale
        /// Where ``drop`` is ``DropPolicy/never``, ``QualityChoice/auto`` is the best: there is nothing that it could save.
        package var quality = QualityChoice.auto
        /// Most frames a second that are computed; `nil` is as many as come.
        package var rateCap: FrameRate?
        /// Percent of all cores together that the process may use, 1...100; `nil` is all of them.
        package var processorBudget: Int?
        /// Stop after so many driving frames; `nil` runs until the source ends or ``LivePipeline/stop()``.
        package var frames: Int?
        /// Whether a clip that drives begins again when it has ended.
        package var loops = false
        /// Whether the run sleeps while nobody looks at its virtual cameras, all of which can tell.
        package var sleeps = false
        /// Whether recordings have the sound of the file that drives.
        package var keepsSound = true
        /// Where to look for ffmpeg, the value of `PATH`.
        package var searchPath = ""

        package init() {}
    }
}

extension LivePipeline.Settings {
    /// How the run gets its calibration frame, given what was kept and what the driving video shows.
    func calibrationStart(
        _ driving: DrivingSource, _ avatar: Avatar, _ detector: FrameDetector, _ observer: LiveObserver
    ) throws -> CalibrationPlan.Start {
        do throws(PuppetError) {
            if let profile = try keeper.profile(for: avatar, detector.model) {
                observer.onEvent(.recalled(profile))
                return .given(profile.initial)
            }
        } catch {
            guard keeper.isAutomatic else { throw error }
            observer.onEvent(.notRecalled(error))
        }
        guard tracker.calibration.start == .firstFrame else { return tracker.calibration.start }
        let survey = try DrivingSurvey(
            driving, calibrationFrame, limit: frames, crop: crop, avatar: avatar, detector, effort: .brief)
        observer.onSurvey(survey)
        return survey.initial.map { .given($0) } ?? .firstFrame
    }
}
