import FOMMCore
import Frames
import Motion

/// What makes the driver's picture hard to read for the network.
package enum FramingAdvice: String, Sendable, CaseIterable {
    case tooDark = "it is too dark: more light on your face"
    case tooSmall = "your face is too small: move closer, or zoom in (W)"
    case tooLarge = "your face is too large: move back, or zoom out (S)"
    case halfOut = "your face is half out of the picture: move to the middle"

    /// How many times smaller or larger than in the avatar's picture a face may be.
    private static let (small, large) = (0.55, 1.8)
    /// How far from the middle of the picture, compared with the avatar, the keypoints' middle may be; 1 is the edge.
    private static let offCentre = 0.45

    /// The most important of them; `nil` where all is well.
    ///
    /// - Parameters:
    ///   - keypoints: of the driving frame, as the network sees it.
    ///   - source: the avatar's.
    init?(_ frame: Frame, _ keypoints: Keypoints, source: Keypoints) {
        guard keypoints.allFinite else { return nil }
        let fit = Similarity.leastSquares(from: source, to: keypoints)
        if frame.isDark {
            self = .tooDark
        } else if max(abs(fit.shift.x), abs(fit.shift.y)) > Self.offCentre {
            self = .halfOut
        } else if fit.scale < Self.small {
            self = .tooSmall
        } else if fit.scale > Self.large {
            self = .tooLarge
        } else {
            return nil
        }
    }
}
