import FOMMCore
import Frames
import Motion

/// Finds the square of the camera's picture in which the driver's face lies as the avatar's does in its picture.
///
/// It asks the keypoint detector itself, one square a frame: first squares all over the picture, of which the one counts
/// where the detector is surest (``FaceConfidence`` against the avatar); then where the keypoints in it say that the face
/// is, which the next frame shows. The detector is trained on faces that fill its picture, so a square that does not
/// frame a face well has wide heatmaps or keypoints that no face has. A face detector of a library would be a second
/// network to ship and to keep, for a question that is asked once a call. With the bundled model it holds for faces whose
/// square is at least half the picture high: docs/calibration.md. A value; the detecting queue owns it.
struct FaceFinder: Sendable {
    private let size: FrameSize
    private let avatar: Detection
    private let confidence: FaceConfidence
    /// Squares of the sizes that have not been tried yet, the largest first.
    private var levels: [[FrameSquare]]
    private var waiting: [FrameSquare]
    private var best: (square: FrameSquare, detection: Detection, confidence: Double)?
    private var refinements = 0
    private var framesLeft: Int
    /// What the next frame is to show.
    private(set) var square: FrameSquare

    /// Sides of the squares to try, as shares of the picture's shorter side, and how far apart they are, as shares of
    /// their own side.
    private static let sides = [1, 0.7, 0.45]
    private static let step = 0.5
    private static let smallest = 0.25
    private static let refinements = 3
    /// A square that is that near to the one before is the same: shares of the side.
    private static let settled = 0.04
    /// Confidence from which smaller squares need not be tried, and below which nothing is a face.
    private static let (sure, doubtful) = (0.85, 0.35)
    /// How much of its confidence a refined square may lose.
    private static let forgiven = 0.4
    /// Frames that do not show what was asked for, because they were captured before or the source changed, count too:
    /// the search ends whatever the source does.
    private static let mostFrames = 90

    /// - Parameters:
    ///   - size: of the source's picture.
    ///   - avatar: what the detector finds in the avatar's picture.
    init(in size: FrameSize, avatar: Detection) {
        self.size = size
        self.avatar = avatar
        confidence = FaceConfidence(initial: avatar)
        framesLeft = Self.mostFrames
        levels = Self.levels(in: size)
        waiting = levels.removeFirst()
        square = waiting.removeFirst()
    }

    /// - Returns: whether the search is over, with ``square`` as what it found: the middle of the picture where there is
    ///   nothing like a face.
    package mutating func observe(_ detection: Detection, _ viewpoint: Viewpoint) -> Bool {
        framesLeft -= 1
        guard framesLeft > 0 else { return end(with: best?.square) }
        if viewpoint.sourceSize != size {  // a camera that was unplugged may come back with another
            let framesLeft = framesLeft
            self = FaceFinder(in: viewpoint.sourceSize, avatar: avatar)
            self.framesLeft = framesLeft
        }
        guard viewpoint.square == square else { return false }  // captured before we asked
        let sure = confidence(detection)
        // What a refined square shows replaces the best, unless it lost the face.
        let least = best.map { $0.confidence * (refinements > 0 ? Self.forgiven : 1) } ?? -1
        if sure > least {
            best = (square, detection, sure)
        } else if refinements > 0 {
            return end(with: best?.square)
        }
        return advance()
    }

    /// Goes on to the next square: of this level, of the next one, or where the best one points.
    private mutating func advance() -> Bool {
        if waiting.isEmpty, let best, best.confidence < Self.sure, !levels.isEmpty { waiting = levels.removeFirst() }
        guard waiting.isEmpty else {
            square = waiting.removeFirst()
            return false
        }
        levels = []
        // Keypoints that are no numbers point nowhere; their confidence is 0.
        guard let best, best.confidence > 0 else { return end(with: nil) }
        let next = best.square.framing(
            best.detection.keypoints, as: avatar.keypoints, in: size, smallest: Self.smallest)
        let isSettled = next.distance(to: best.square) < Self.settled * Double(best.square.side)
        if isSettled || refinements == Self.refinements { return end(with: isSettled ? next : best.square) }
        refinements += 1
        square = next
        return false
    }

    private mutating func end(with found: FrameSquare?) -> Bool {
        let isFace = (best?.confidence ?? 0) >= Self.doubtful
        square = isFace ? found ?? .centred(in: size) : .centred(in: size)
        return true
    }

    /// From the whole picture to details.
    private static func levels(in size: FrameSize) -> [[FrameSquare]] {
        sides.map { FrameSquare.covering(size, share: $0, step: step) }
    }
}
