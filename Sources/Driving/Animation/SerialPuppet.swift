import FOMMCore
import Frames
import Motion

/// An avatar and all that moves it, on the calling thread: one driving frame in, its picture out.
package struct SerialPuppet {
    package let detector: FrameDetector
    package let generator: FrameGenerator
    package let avatar: Avatar
    private var renderer: AvatarRenderer
    private var tracker: MotionTracker
    private let mode: RelativeMotion.Mode
    private let face: FaceSettings
    private let step: QualityStep

    /// - Parameters:
    ///   - index: which of the avatars.
    ///   - mode: relative motion is that against the first frame, unless ``calibrate(on:)`` names another.
    ///   - face: for models that name their keypoints.
    ///   - step: how much work goes into a picture; every driving frame is looked at all the same.
    ///   - capacity: pictures that may be in use at once.
    /// - Throws: what reading the avatar throws.
    package init(
        _ model: FOMMModel, threads: Int, _ avatars: AvatarList, _ index: Int = 0,
        mode: RelativeMotion.Mode = .relative(adaptScale: true), face: FaceSettings = FaceSettings(),
        step: QualityStep = .exact, capacity: Int = 1
    ) throws {
        try self.init(model, threads: threads, mode, face, step, capacity: capacity) {
            try avatars.load(index, $0)
        }
    }

    /// Another model with the avatar of `other`, cut out as it is there.
    /// - Throws: as ``AvatarReader``, for other reasons than the cut.
    package init(_ model: FOMMModel, like other: SerialPuppet, threads: Int) throws {
        try self.init(model, threads: threads, other.mode, other.face, other.step, capacity: 1) {
            try $0.avatar(other.avatar.picture.pixels, name: other.avatar.name, AvatarFraming(crop: .center))
        }
    }

    private init(
        _ model: FOMMModel, threads: Int, _ mode: RelativeMotion.Mode, _ face: FaceSettings, _ step: QualityStep,
        capacity: Int, load: (AvatarReader) throws -> Avatar
    ) throws {
        (self.mode, self.face, self.step) = (mode, face, step)
        detector = FrameDetector(model, threads: threads)
        generator = FrameGenerator(model, threads: threads)
        avatar = try load(AvatarReader(detector, scales: [step.effort.scale]))
        renderer = AvatarRenderer(generator, capacity: capacity)
        tracker = MotionTracker(detector, avatar: avatar, mode: mode, face: face)
    }

    /// Before the first frame.
    ///
    /// - Parameters:
    ///   - initial: of the calibration frame; `nil` is the first one that is shown.
    ///   - onLost: what the avatar does in frames that show no face.
    ///   - rate: of the driving video.
    package mutating func calibrate(on initial: Detection?, onLost: LostFacePolicy, rate: FrameRate) {
        tracker = MotionTracker(
            detector, avatar: avatar, mode: mode, face: face, initial: initial, onLost: onLost, rate: rate)
    }

    /// The avatar as it is.
    ///
    /// - Parameter frame: whose place the picture takes.
    mutating func rest(_ frame: Frame) -> RenderedFrame { renderer.render(tracker.rest(frame), step) }

    /// - Parameter frame: of the model's frame size.
    package mutating func show(_ frame: Frame) -> RenderedFrame { renderer.render(tracker.track(frame), step) }
}
