import Display
import FOMMCore
import Frames
import Motion
import System

/// `puppet animate`: every driving frame becomes a picture, none is dropped, the same input gives the same bytes.
///
/// Works on the calling thread; layers use ``threads`` threads.
package struct Animator {
    private let model: FOMMModel
    private let threads: Int
    private let mode: RelativeMotion.Mode
    private let face: FaceSettings
    private let calibration: CalibrationChoice
    private let crop: CropChoice
    private let onLost: LostFacePolicy
    private let withoutFace: LostFacePolicy
    private let step: QualityStep

    /// - Parameters:
    ///   - crop: what is looked at of the driving pictures.
    ///   - onLost: what the avatar does in frames that show no face.
    ///   - withoutFace: what it does where no frame shows one: a model of faces may be driven by a drawing.
    ///   - step: how much work goes into a picture; every driving frame is looked at all the same.
    package init(
        _ model: FOMMModel, threads: Int, mode: RelativeMotion.Mode, face: FaceSettings = FaceSettings(),
        calibration: CalibrationChoice,
        crop: CropChoice = .center, onLost: LostFacePolicy = .follow, withoutFace: LostFacePolicy = .follow,
        step: QualityStep = .exact
    ) {
        self.model = model
        self.threads = threads
        self.mode = mode
        self.face = face
        self.calibration = calibration
        self.crop = crop
        self.onLost = onLost
        self.withoutFace = withoutFace
        self.step = step
    }

    package struct Progress: Sendable {
        package let framesDone: Int
        /// `nil` where the source does not know how long it is.
        package let framesInAll: Int?

        package init(framesDone: Int, framesInAll: Int?) {
            (self.framesDone, self.framesInAll) = (framesDone, framesInAll)
        }
    }

    /// - Parameters:
    ///   - frames: stop after so many; `nil` runs to the end of the source, or once through the test camera's script.
    ///   - keepsSound: whether the outputs have the driving file's sound.
    ///   - makeOutputs: opens where the pictures go, once what they are is known.
    ///   - onAvatar: called once, with what is moved.
    ///   - onLook: called while the driving video is looked through, with how many frames of how many.
    ///   - onSurvey: called once, with what was found out about the driving video.
    ///   - onShortfall: called at the end, where the driving video may have lost some of its frames, with why.
    ///   - progress: called after every frame.
    /// - Returns: how long the video is.
    /// - Throws: whatever the source or a sink throws: what was written is then removed, except for complete pictures of a
    ///   folder; ``PuppetError`` `.interrupted` where somebody keeps what there is.
    @discardableResult
    package func run(
        _ avatars: AvatarList, driving: DrivingSource, frames: Int?, keepsSound: Bool = true,
        makeOutputs: (VideoForm) throws -> AnimationOutputs, onAvatar: (Avatar) -> Void = { _ in },
        onLook: (Int, Int?) -> Void = { _, _ in }, onSurvey: (DrivingSurvey) -> Void = { _ in },
        onShortfall: (String) -> Void = { _ in },
        progress: (Progress) -> Void = { _ in }
    ) throws -> RecordingLength {
        var puppet = try SerialPuppet(model, threads: threads, avatars, mode: mode, face: face, step: step)
        onAvatar(puppet.avatar)
        let survey = try DrivingSurvey(
            driving, calibration, limit: frames, crop: crop, avatar: puppet.avatar, puppet.detector,
            progress: onLook)
        let driver = try DrivingFrames(driving, side: model.frameSize, crop: survey.crop, limit: frames)
        var search = try calibration == .firstFace ? search(in: driving, driver, puppet) : nil
        if search == nil { calibrate(&puppet, survey, driver, onSurvey) }
        var stands = stands(survey)
        let inAll = driver.expectedCount
        let outputs = try makeOutputs(
            VideoForm(
                puppet.avatar.shownSize, driver.frameRate, frames: inAll,
                sound: keepsSound ? driver.sound : nil))
        var isEmpty = true
        do {
            while let frame = try driver.next() {
                if let going = search {
                    search = look(at: frame, going, &puppet, crop: survey.crop, driver) {
                        stands = self.stands($0)
                        onSurvey($0)
                    }
                }
                let rendered = search == nil && !stands ? puppet.show(frame) : puppet.rest(frame)
                guard let done = try outputs.add(rendered, driving: frame) else { throw interrupted(driving) }
                isEmpty = false
                progress(Progress(framesDone: done, framesInAll: inAll))
            }
            if let shortfall = driver.shortfall { onShortfall(shortfall) }
            if let search { onSurvey(DrivingSurvey(survey.crop, search, driver.viewpoint, isUsed: true)) }
            guard !isEmpty else {
                throw PuppetError(.nothingToDrive, driving.name, "has no frames", hint: "give a video that has some")
            }
            guard let length = try outputs.finish() else { throw interrupted(driving) }
            return length
        } catch {
            outputs.cancel()
            throw error
        }
    }

    /// Whether there is no face to follow, and nothing else that may be followed.
    private func stands(_ survey: DrivingSurvey) -> Bool { survey.isFaceless && withoutFace != .follow }

    private func calibrate(
        _ puppet: inout SerialPuppet, _ survey: DrivingSurvey, _ driver: DrivingFrames,
        _ onSurvey: (DrivingSurvey) -> Void
    ) {
        onSurvey(survey)
        puppet.calibrate(
            on: survey.initial?.detection, onLost: survey.showsFace == false ? withoutFace : onLost,
            rate: driver.frameRate)
    }

    /// For a driver that cannot be looked through before it is used; `nil` for others, and where nothing is known of faces.
    private func search(
        in driving: DrivingSource, _ driver: DrivingFrames, _ puppet: SerialPuppet
    ) throws -> FirstFaceSearch? {
        guard !driving.canRewind, model.configuration.animatesFaces else { return nil }
        let patience =
            withoutFace == .follow ? Int(Self.patience * driver.frameRate.framesPerSecond) : Int.max
        return FirstFaceSearch(
            try DrivingSurvey.confidence(in: puppet.avatar, puppet.detector), rate: driver.frameRate,
            patience: max(1, patience))
    }

    /// Seconds after which a driver without a face is followed all the same.
    private static let patience = 10.0

    /// Until a frame shows a face the avatar stays as it is.
    ///
    /// - Returns: what goes on; `nil` once it is calibrated.
    private func look(
        at frame: Frame, _ search: FirstFaceSearch, _ puppet: inout SerialPuppet, crop: CropChoice,
        _ driver: DrivingFrames, _ onSurvey: (DrivingSurvey) -> Void
    ) -> FirstFaceSearch? {
        var search = search
        let detection = frame.pixels.withBytes { puppet.detector.detection(rgb8: $0) }
        search.look(at: detection, isDark: frame.isDark)
        guard search.goesOn else {
            calibrate(&puppet, DrivingSurvey(crop, search, driver.viewpoint, isUsed: true), driver, onSurvey)
            return nil
        }
        return search
    }

    private func interrupted(_ driving: DrivingSource) -> PuppetError {
        PuppetError(.interrupted, driving.name, "interrupted")
    }
}
