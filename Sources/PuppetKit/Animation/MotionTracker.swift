import FOMMCore
import Frames

/// The first half of a frame's journey: keypoints of the driving frame, and where they are to move the avatar.
///
/// Owns the calibration. Belongs to one queue.
struct MotionTracker {
    private let detector: FrameDetector
    private let mode: RelativeMotion.Mode
    private var avatar: Avatar
    /// Keypoints of the calibration frame (driving initial); `nil` until there is one.
    private var initial: Keypoints?
    /// What `avatar` and `initial` make of a driving frame.
    private var motion: RelativeMotion?

    /// - Parameter initial: keypoints of the calibration frame; `nil` takes the first frame that is tracked.
    init(_ detector: FrameDetector, avatar: Avatar, mode: RelativeMotion.Mode, initial: Keypoints?) {
        self.detector = detector
        self.avatar = avatar
        self.mode = mode
        self.initial = initial
    }

    /// The next frame that is tracked becomes the calibration frame.
    mutating func recalibrate() {
        initial = nil
        motion = nil
    }

    /// The calibration stays: it belongs to the driver, not to the avatar.
    mutating func show(_ avatar: Avatar) {
        self.avatar = avatar
        motion = nil
    }

    /// - Parameter frame: of the model's frame size.
    mutating func track(_ frame: Frame) -> MotionFrame {
        let started = MonotonicTime.now
        let driving = frame.pixels.withBytes { detector.detect(rgb8: $0) }
        let initial = initial ?? driving
        self.initial = initial
        let motion = motion ?? RelativeMotion(mode, source: avatar.context.keypoints, initial: initial)
        self.motion = motion
        let keypoints = motion(driving)
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now))
    }
}

/// What the detecting stage hands to the generating one: where the keypoints are to be, and whose.
struct MotionFrame: Sendable {
    let keypoints: Keypoints
    let avatar: Avatar
    let sequence: Int
    let times: FrameTimes
}

/// The second half: the avatar's picture with its keypoints where a ``MotionFrame`` wants them. Belongs to one queue.
struct AvatarRenderer {
    private let generator: FrameGenerator
    private let pool: FramePool

    /// - Parameter capacity: pictures that may be in use at once: shown, waiting and being written.
    init(_ generator: FrameGenerator, capacity: Int) {
        self.generator = generator
        pool = FramePool(size: FrameSize(square: generator.model.frameSize), capacity: capacity)
    }

    func render(_ motion: MotionFrame) -> RenderedFrame {
        var times = motion.times
        times.generateStarted = .now
        let context = motion.avatar.context
        let dense = generator.denseMotion(context, showing: motion.keypoints)
        times.motionEstimated = .now
        let frame = pool.makeFrame(sequence: motion.sequence, captured: times.captured) {
            generator.generate(context, dense, into: $0)
        }
        times.generated = .now
        return RenderedFrame(frame: frame, times: times)
    }
}

/// A finished picture and when it passed each point of its journey.
package struct RenderedFrame: Sendable {
    package let frame: Frame
    package let times: FrameTimes
}
