import FOMMCore
import Frames
import Motion
import System

/// The first half of a frame's journey without anything live about it: keypoints of the driving frame, and where they are
/// to move the avatar. Time is counted in frames. Belongs to one queue.
package struct MotionTracker {
    private let detector: FrameDetector
    private let mode: RelativeMotion.Mode
    private let avatar: Avatar
    private let face: FaceSettings
    /// What the calibration frame (driving initial) makes of a driving frame; `nil` takes the first that is tracked.
    private var neutral: Neutral?
    private var presence: FacePresence
    private let framesPerSecond: Double

    private struct Neutral {
        let keypoints: Keypoints
        let confidence: FaceConfidence
        var motion: AvatarMotion
    }

    /// - Parameters:
    ///   - initial: of the calibration frame; `nil` is the first one that is tracked.
    ///   - onLost: what the avatar does in frames that show no face.
    ///   - rate: of the driving video.
    package init(
        _ detector: FrameDetector, avatar: Avatar, mode: RelativeMotion.Mode, face: FaceSettings = FaceSettings(),
        initial: Detection? = nil, onLost: LostFacePolicy = .follow, rate: FrameRate = FrameRate(25)
    ) {
        presence = FacePresence(onLost)
        framesPerSecond = rate.framesPerSecond
        self.detector = detector
        self.avatar = avatar
        self.mode = mode
        self.face = face
        neutral = initial.map(makeNeutral)
    }

    /// - Parameter frame: of the model's frame size; its number counts the time.
    package mutating func track(_ frame: Frame) -> MotionFrame {
        let started = MonotonicTime.now
        let detection = frame.pixels.withBytes { detector.detection(rgb8: $0) }
        var neutral = neutral ?? makeNeutral(detection)
        let trusted = presence(
            detection.keypoints, confidence: neutral.confidence(detection),
            neutral: mode == .absolute ? avatar.context.keypoints : neutral.keypoints,
            at: Double(frame.sequence) / framesPerSecond)
        let keypoints = neutral.motion(trusted, rest: presence.rest)
        self.neutral = neutral
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: started, detected: .now))
    }

    /// What leaves the avatar as it is, whatever the frame shows.
    package func rest(_ frame: Frame) -> MotionFrame {
        let now = MonotonicTime.now
        return MotionFrame(
            keypoints: avatar.context.keypoints, avatar: avatar, sequence: frame.sequence,
            times: FrameTimes(captured: frame.captured, detectStarted: now, detected: now))
    }

    private func makeNeutral(_ initial: Detection) -> Neutral {
        Neutral(
            keypoints: initial.keypoints, confidence: FaceConfidence(initial: initial),
            motion: AvatarMotion(
                mode, MotionGains(), source: avatar.context.keypoints, initial: initial.keypoints,
                face: FaceKeypoints(names: detector.model.configuration.keypointNames), face))
    }
}
