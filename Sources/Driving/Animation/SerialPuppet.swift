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

    /// - Parameters:
    ///   - index: which of the avatars.
    ///   - mode: relative motion is that against the first frame.
    ///   - capacity: pictures that may be in use at once.
    package init(
        _ model: FOMMModel, threads: Int, _ avatars: AvatarList, _ index: Int = 0,
        mode: RelativeMotion.Mode = .relative(adaptScale: true), capacity: Int = 1
    ) throws {
        detector = FrameDetector(model, threads: threads)
        generator = FrameGenerator(model, threads: threads)
        avatar = try avatars.load(index, detector)
        renderer = AvatarRenderer(generator, capacity: capacity)
        tracker = MotionTracker(detector, avatar: avatar, mode: mode, initial: nil)
    }

    /// - Parameter frame: of the model's frame size.
    package mutating func show(_ frame: Frame) -> RenderedFrame { renderer.render(tracker.track(frame)) }
}
