import FOMMCore

/// Takes the tremble out of a still face without making a moving one late: a One-Euro filter per keypoint.
///
/// A low-pass whose cutoff rises with the keypoint's speed: `cutoff = still + slope |v|`, with v low-passed itself and
/// measured from the last estimate. Lids, irises and lips, where the model names them, follow a sudden movement more
/// promptly than a head ever moves: a blink takes 100 to 150 ms. A keypoint's Jacobian is filtered with the same cutoff, because its own speed tells
/// less: at the same tremble it comes later (docs/motion.md). Time steps are those of the frames. A value; belongs to
/// one queue.
///
/// Source: Casiez, Roussel, Vogel, "1 € Filter", CHI 2012, section 3.
public struct KeypointFilter: Sendable {
    /// 0...1: 0 changes nothing, 1 smooths most and comes latest.
    public let strength: Double
    /// The default for live use; measured in docs/motion.md.
    public static let defaultStrength = 0.5

    /// Cutoff in Hz of a keypoint at rest, and what a speed of a half frame a second adds to it.
    private let still: Double
    private let slopes: SIMD32<Double>
    /// Cutoff in Hz of every keypoint's speed.
    private let speedCutoffs: SIMD32<Double>
    private var last: (estimate: Keypoints, seconds: Double)?
    /// Low-passed velocity of every keypoint, half frames a second.
    private var vx = SIMD32<Double>.zero
    private var vy = SIMD32<Double>.zero

    /// Cutoff of the speed, in Hz: the paper's, and that of what moves suddenly.
    private static let (speedCutoff, quickSpeedCutoff) = (1.0, 8.0)
    /// How many times further the cutoff of what moves suddenly rises.
    private static let quickSlope = 2.0
    /// Seconds after which what was before says nothing any more.
    private static let longestGap = 0.5

    /// - Parameters:
    ///   - strength: 0...1.
    ///   - face: `nil` for models whose keypoints have no names.
    public init(strength: Double = defaultStrength, face: FaceKeypoints? = nil) {
        precondition((0...1).contains(strength), "smoothing of \(strength)")
        self.strength = strength
        // Without bound towards 0, so that a little smoothing is nearly none.
        let openness = (1 - strength) / max(strength, 1e-6)
        still = 0.05 + 0.45 * openness
        let slope = 1 + 5 * openness
        var slopes = SIMD32(repeating: slope)
        var speedCutoffs = SIMD32(repeating: Self.speedCutoff)
        for index in face?.quick ?? [] {
            slopes[index] = Self.quickSlope * slope
            speedCutoffs[index] = Self.quickSpeedCutoff
        }
        (self.slopes, self.speedCutoffs) = (slopes, speedCutoffs)
    }

    /// Forgets the past: the next keypoints are taken as they are.
    public mutating func reset() { last = nil }

    /// - Parameters:
    ///   - keypoints: of the driving frame.
    ///   - seconds: when it was captured, on any clock.
    /// - Returns: `keypoints`, bit for bit, at strength 0, at first and after a gap of half a second or on another clock;
    ///   the last estimate where they are not finite or the clock has not moved on.
    public mutating func callAsFunction(_ keypoints: Keypoints, at seconds: Double) -> Keypoints {
        guard strength > 0 else { return keypoints }
        guard keypoints.allFinite else { return last?.estimate ?? keypoints }
        guard let (estimate, before) = last, abs(seconds - before) < Self.longestGap, estimate.count == keypoints.count
        else {
            last = (keypoints, seconds)
            (vx, vy) = (.zero, .zero)
            return keypoints
        }
        let step = seconds - before
        guard step > 0 else { return estimate }
        let next = advance(estimate, towards: keypoints, by: step)
        last = (next, seconds)
        return next
    }

    private mutating func advance(_ estimate: Keypoints, towards keypoints: Keypoints, by step: Double) -> Keypoints {
        var next = estimate
        for index in 0..<keypoints.count {
            let way = SIMD2<Double>(keypoints[value: index]) - SIMD2<Double>(estimate[value: index])
            let trust = Self.weight(cutoff: speedCutoffs[index], step)
            vx[index] += trust * (way.x / step - vx[index])
            vy[index] += trust * (way.y / step - vy[index])
            let speed = (vx[index] * vx[index] + vy[index] * vy[index]).squareRoot()
            let weight = Self.weight(cutoff: still + slopes[index] * speed, step)
            next[value: index] += SIMD2<Float>(weight * way)
            let stretch = keypoints[jacobian: index] - estimate[jacobian: index]
            next[jacobian: index] = estimate[jacobian: index] + weight * stretch
        }
        return next
    }

    /// How much of the way to a new sample a low-pass of first order goes in `step` seconds, 0...1.
    private static func weight(cutoff: Double, _ step: Double) -> Double {
        let turns = 2 * Double.pi * cutoff * step
        return turns / (turns + 1)
    }
}
