import FOMMCore
import Glibc

/// How well a calibration frame matches the avatar's pose: what the two differ in, the avatar shows for the whole call.
package struct CalibrationScore: Sendable, Equatable {
    /// 0...100; from about 70 on the difference is hard to see.
    package let value: Int
    /// What would help most, first; empty where nothing has to be done.
    package let advice: [CalibrationAdvice]

    /// How the driver's pose differs from the avatar's, as far as keypoints in the picture plane can tell. Degrees,
    /// signs as the picture shows them: yaw to the right, pitch down, roll clockwise.
    struct Difference: Equatable, Sendable {
        let yaw: Double
        let pitch: Double
        let roll: Double
    }

    /// - Parameters:
    ///   - initial: keypoints of the calibration frame.
    ///   - source: the avatar's.
    ///   - unrest: root mean square movement of the keypoints while they were collected, in keypoint units.
    ///   - confidence: 0...1, that they show a face.
    init(_ initial: Keypoints, source: Keypoints, unrest: Double, confidence: Double) {
        let difference = Difference(from: source, to: initial)
        let pose =
            pow(difference.yaw / Self.tolerance, 2) + pow(difference.pitch / Self.tolerance, 2)
            + pow(difference.roll / Self.tolerance, 2)
        let rest = pow(unrest / Self.unrestTolerance, 2)
        value = Int((100 * exp(-(pose + rest)) * min(1, max(0, confidence / Self.sure))).rounded())
        var advice: [(CalibrationAdvice, weight: Double)] = []
        func note(_ amount: Double, _ limit: Double, _ positive: CalibrationAdvice, _ negative: CalibrationAdvice) {
            if abs(amount) > limit { advice.append((amount > 0 ? positive : negative, abs(amount) / limit)) }
        }
        // A camera does not mirror: the picture's right is the left of who sits before it.
        note(difference.yaw, Self.visible, .turnRight, .turnLeft)
        note(difference.pitch, Self.visible, .raiseChin, .lowerChin)
        note(difference.roll, Self.visible, .tiltRight, .tiltLeft)
        if unrest > Self.unrestTolerance { advice.append((.holdStill, unrest / Self.unrestTolerance)) }
        if confidence < Self.sure / 2 { advice.append((.showFace, .infinity)) }
        self.advice = advice.sorted { $0.weight > $1.weight }.map(\.0)
    }

    /// Degrees at which a difference costs two thirds of the score, and from which it is worth a word.
    private static let tolerance = 25.0
    private static let visible = 8.0
    /// In keypoint units; 0.02 are two and a half pixels of 256.
    private static let unrestTolerance = 0.02
    /// A confidence that leaves no doubt.
    private static let sure = 0.6

    /// For people: the score and what would help most.
    package var summary: String {
        let words = value >= 70 ? "good" : value >= 40 ? "fair" : "poor"
        return "calibration \(words) (\(value) of 100)" + (advice.first.map { ": \($0.rawValue)" } ?? "")
    }
}

/// What whoever is being calibrated can do better.
package enum CalibrationAdvice: String, Sendable, CaseIterable {
    case turnLeft = "turn a little left"
    case turnRight = "turn a little right"
    case raiseChin = "raise your chin a little"
    case lowerChin = "lower your chin a little"
    case tiltLeft = "tilt your head a little left"
    case tiltRight = "tilt your head a little right"
    case holdStill = "hold still"
    case showFace = "show your whole face, in more light"
}

extension CalibrationScore.Difference {
    /// Fits a similarity first, which gives the roll. A head that turns moves what is nearest to the camera furthest: what
    /// the similarity leaves over grows with the depth, for which a ball around the keypoints' middle stands.
    init(from source: Keypoints, to initial: Keypoints) {
        let fit = Similarity(from: source, to: initial)
        let count = Double(source.count)
        var middle = SIMD2<Double>.zero
        for index in 0..<source.count { middle += SIMD2<Double>(source[value: index]) / count }
        let radius = max(Self.ball * source.extent, 1e-3)
        func depth(_ index: Int) -> Double {
            let away = (SIMD2<Double>(source[value: index]) - middle) / radius
            return max(0, 1 - (away * away).sum()).squareRoot()
        }
        let meanDepth = (0..<source.count).reduce(0) { $0 + depth($1) } / count
        var (along, spread) = (SIMD2<Double>.zero, 0.0)
        for index in 0..<source.count {
            let relative = depth(index) - meanDepth
            along += relative * fit.residual(source, initial, index)
            spread += relative * relative
        }
        let shift = spread > 1e-6 ? along / spread / (radius * exp(fit.logScale)) : .zero
        func degrees(_ sine: Double) -> Double { asin(min(1, max(-1, sine))) * 180 / .pi }
        yaw = degrees(shift.x)
        pitch = degrees(shift.y)
        roll = fit.angle * 180 / .pi
    }

    /// Radius of the head, in units of the keypoints' extent.
    private static let ball = 2.0
}
