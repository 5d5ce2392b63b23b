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
    private let step: QualityStep

    /// - Parameters:
    ///   - crop: what is looked at of the driving pictures; ``CropChoice/auto`` is the centre here.
    ///   - step: how much work goes into a picture; every driving frame is looked at all the same.
    package init(
        _ model: FOMMModel, threads: Int, mode: RelativeMotion.Mode, face: FaceSettings = FaceSettings(),
        calibration: CalibrationChoice,
        crop: CropChoice = .center, step: QualityStep = .exact
    ) {
        self.model = model
        self.threads = threads
        self.mode = mode
        self.face = face
        self.calibration = calibration
        self.crop = crop
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
    ///   - makeSinks: opens where the pictures go, once what they are is known.
    ///   - contactSheet: where to write a PNG that shows a few driving frames above what became of them.
    ///   - stats: receives the stage times of every frame.
    ///   - progress: called after every frame.
    ///   - isInterrupted: asked before every frame.
    /// - Returns: how many frames were written.
    /// - Throws: whatever the source or a sink throws, and ``PuppetError`` `.interrupted`. What was written is then
    ///   removed, except for complete pictures of a folder.
    @discardableResult
    package func run(
        _ avatars: AvatarList, driving: DrivingSource, frames: Int?,
        keepsSound: Bool = true, makeSinks: (VideoForm) throws -> [any FrameSink], contactSheet: String? = nil,
        stats: StatsFile? = nil,
        progress: (Progress) -> Void = { _ in }, isInterrupted: () -> Bool = { false }
    ) throws -> Int {
        var puppet = try SerialPuppet(model, threads: threads, avatars, mode: mode, face: face, step: step)
        let initial = try calibration.initial(
            in: driving, limit: frames, crop: crop, avatar: puppet.avatar, puppet.detector)
        puppet.calibrate(on: initial?.keypoints)
        let driver = try DrivingFrames(driving, side: model.frameSize, crop: crop, limit: frames)

        let inAll = driver.expectedCount
        var sheet = try contactSheet.map { try ContactSheet(path: $0) }
        let sinks = try makeSinks(
            VideoForm(FrameSize(square: model.frameSize), driver.frameRate, sound: keepsSound ? driver.sound : nil))
        var done = 0
        do {
            while let frame = try driver.next() {
                if isInterrupted() {
                    throw PuppetError(.interrupted, driving.name, "interrupted after \(done) frames")
                }
                let rendered = puppet.show(frame)
                var outputs: [String: OutputEntry] = [:]
                for sink in sinks {
                    try sink.write(rendered.frame)
                    if stats != nil {
                        outputs[sink.name] = OutputEntry(
                            sequence: frame.sequence, fate: .written,
                            milliseconds: MonotonicTime.now.milliseconds(since: frame.captured))
                    }
                }
                sheet?.add(driving: frame, avatar: rendered.frame)
                done += 1
                try stats?.write(
                    frame.sequence, rendered.times, rendered.work, outputs: outputs,
                    LiveCounts(read: done, rendered: done))
                progress(Progress(framesDone: done, framesInAll: inAll))
            }
            guard done > 0 else {
                throw PuppetError(.nothingToDrive, driving.name, "has no frames", hint: "give a video that has some")
            }
            try sheet?.write()
            for sink in sinks { try sink.finish() }
        } catch {
            sinks.forEach { $0.cancel() }
            throw error
        }
        return done
    }
}
