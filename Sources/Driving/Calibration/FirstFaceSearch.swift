import FOMMCore
import Frames
import Motion

/// Looks for the first frame that shows a face, one frame after the other. One in the dark will do if it does not get lighter
/// within a second.
struct FirstFaceSearch {
    private let confidence: FaceConfidence
    private let second: Int
    private var end: Int
    /// Frames looked at.
    private(set) var read = 0
    /// The frame to calibrate on, as far as is known.
    private(set) var found: (detection: Detection, number: Int)?
    private var sureness = 0.0

    /// Confidence that leaves no doubt that a frame shows a face.
    private static let certain = 0.85

    /// - Parameters:
    ///   - confidence: of the model's detections.
    ///   - rate: of the video.
    ///   - patience: frames to look at, at most.
    init(_ confidence: FaceConfidence, rate: FrameRate, patience: Int) {
        self.confidence = confidence
        second = Int(rate.framesPerSecond)
        end = patience
    }

    /// Whether there is more to look at.
    var goesOn: Bool { read < end }

    /// - Parameters:
    ///   - detection: of the next frame.
    ///   - isDark: whether little can be seen in it.
    mutating func look(at detection: Detection, isDark: Bool) {
        read += 1
        let sure = confidence(detection, forgiving: true)
        guard sure >= FacePresence.returnThreshold else { return }
        if found == nil { end = min(end, read + second) }
        let isClear = sure >= Self.certain && !isDark
        if isClear { end = read }
        guard found == nil || isClear && sure > sureness else { return }
        (found, sureness) = ((detection, read - 1), sure)
    }
}
