import FOMMCore
import Frames
import System

/// The keypoint detector of a live run: does not look again at a frame that shows what the one before showed. Belongs to one
/// queue.
struct SparingDetector {
    private let detector: FrameDetector
    private var still: StillFrames
    /// What was found in the frame that `still` compares with.
    private var last: (detection: Detection, at: MonotonicTime)?

    /// Milliseconds after which a frame is looked at whatever it shows.
    private static let longestTrust = 500.0

    init(_ detector: FrameDetector) {
        self.detector = detector
        still = StillFrames(side: detector.model.frameSize)
    }

    /// - Parameters:
    ///   - frame: of the model's frame size.
    ///   - step: says whether frames may be spared.
    ///   - mustLook: whether this one may not: a calibration is made of frames that were looked at.
    mutating func callAsFunction(_ frame: Frame, _ step: QualityStep, mustLook: Bool) -> Detection {
        guard step.skipsDetector else {
            last = nil
            return look(at: frame)
        }
        if still.isStill(frame), !mustLook, let last,
            frame.captured.milliseconds(since: last.at) < Self.longestTrust
        {
            return last.detection
        }
        let detection = look(at: frame)
        still.keep()
        last = (detection, frame.captured)
        return detection
    }

    private func look(at frame: Frame) -> Detection { frame.pixels.withBytes { detector.detection(rgb8: $0) } }
}
