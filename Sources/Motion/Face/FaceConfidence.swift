import FOMMCore
import Glibc

/// How sure we are that a frame shows the face that the calibration frame shows: 0...1, a half in between.
///
/// No network is asked that the driver does not need anyhow. Three things give an empty chair away, each measured
/// against the calibration frame, so that no number depends on the model:
/// - heatmaps spread, because nothing looks like the place that a keypoint is trained on;
/// - keypoints lie where no head could have them: what the similarity that fits best leaves over, beyond what turning
///   and speaking do;
/// - they draw together, towards the middle of heatmaps that are everywhere: the scale of that similarity.
///
/// Of the calibration frame itself it says nothing. How often it errs: docs/motion.md.
public struct FaceConfidence: Sendable {
    private let initial: Keypoints
    private let extent: Double
    private let meanLogSpread: Double

    /// - Parameter initial: of the calibration frame.
    public init(initial: Detection) {
        self.initial = initial.keypoints
        extent = max(initial.keypoints.extent, Self.smallestExtent)
        meanLogSpread = Self.meanLogSpread(initial)
    }

    /// - Parameter forgiving: whether the face may be another than the calibration frame's, which is then the avatar's.
    ///   Faces differ, so that more is forgiven, and more empty chairs pass: docs/motion.md.
    /// - Returns: 1 for the calibration frame; 0 where keypoints are not finite.
    public func callAsFunction(_ detection: Detection, forgiving: Bool = false) -> Double {
        let keypoints = detection.keypoints
        guard keypoints.allFinite, initial.allFinite else { return 0 }
        let fit = Similarity.leastSquares(from: initial, to: keypoints)
        var squares = 0.0
        for index in 0..<keypoints.count {
            let left = fit.residual(initial, keypoints, index)
            squares += (left * left).sum()
        }
        // A face that comes nearer is larger, and so is what it does; that speaks against nobody.
        let (misfit, shrinking) = (
            (squares / Double(keypoints.count)).squareRoot() / (extent * exp(max(fit.logScale, 0))),
            min(fit.logScale, 0)
        )
        let spread = max(Self.meanLogSpread(detection) - meanLogSpread, 0)
        let doubt = SIMD3(spread / Self.even.spread, misfit / Self.even.misfit, shrinking / Self.even.shrinking)
        let leniency = forgiving ? Self.leniency : 1
        let sum = (doubt * doubt).sum() / (leniency * leniency)
        return sum.isFinite ? 1 / (1 + sum * sum) : 0
    }

    private static func meanLogSpread(_ detection: Detection) -> Double {
        let count = detection.keypoints.count
        var sum = 0.0
        for index in 0..<count { sum += log(max(Double(detection.spreads[index]), smallestExtent)) }
        return sum / Double(count)
    }

    private static let leniency = 1.5
    /// About a pixel of a 256 x 256 frame; less is rounding.
    private static let smallestExtent = 0.008
    /// How much of each alone makes a frame as likely a face as not: the logarithm of how many times wider heatmaps are,
    /// what is left over in units of the face's extent, the logarithm of how many times smaller it is.
    private static let even = (spread: 0.5, misfit: 0.25, shrinking: 1.0)
}
