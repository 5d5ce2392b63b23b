import FOMMCore
import Glibc
import Motion

/// How well a calibration frame matches the avatar's pose: what the two differ in, the avatar shows for the whole call.
package struct CalibrationScore: Sendable, Equatable {
    /// 0...100; from about 70 on the difference is hard to see.
    package let value: Int
    /// What would help most, first; empty where nothing has to be done.
    package let advice: [CalibrationAdvice]

    /// - Parameters:
    ///   - initial: keypoints of the calibration frame.
    ///   - source: the avatar's.
    ///   - face: `nil` for models whose keypoints have no names, which cannot tell what eyes and mouth do.
    ///   - unrest: mean movement of the keypoints while they were collected, in keypoint units.
    ///   - confidence: 0...1, that they show a face.
    package init(
        _ initial: Keypoints, source: Keypoints, face: FaceKeypoints? = nil, unrest: Double, confidence: Double
    ) {
        let difference = PoseDifference(from: source, to: initial)
        let expression = face.map { FaceExpression(initial, $0) }
        value = Self.value(difference, expression, unrest: unrest, confidence: confidence)
        var advice: [(CalibrationAdvice, weight: Double)] = []
        func note(_ amount: Double, _ limit: Double, _ positive: CalibrationAdvice, _ negative: CalibrationAdvice) {
            if abs(amount) > limit { advice.append((amount > 0 ? positive : negative, abs(amount) / limit)) }
        }
        // A camera does not mirror: the picture's right is the left of who sits before it.
        note(difference.yaw, Self.visible.yaw, .turnRight, .turnLeft)
        note(difference.roll, Self.visible.roll, .tiltRight, .tiltLeft)
        if let doing = expression.map(Self.excess) {
            for (word, amount) in [
                (CalibrationAdvice.openEyes, doing.x), (.closeMouth, doing.y), (.lookAhead, doing.z),
            ]
            where amount > 0 {
                advice.append((word, 1 + amount))
            }
        }
        if unrest > Self.unrestTolerance { advice.append((.holdStill, unrest / Self.unrestTolerance)) }
        if confidence < Self.sure / 2 { advice.append((.showFace, .infinity)) }
        self.advice = advice.sorted { $0.weight > $1.weight }.map(\.0)
    }

    /// ``value`` alone, which allocates nothing: for every frame of a search.
    static func value(
        _ difference: PoseDifference, _ expression: FaceExpression? = nil, unrest: Double, confidence: Double
    ) -> Int {
        let yaw = max(0, abs(difference.yaw) - doubt.yaw) / tolerance.yaw
        let roll = max(0, abs(difference.roll) - doubt.roll) / tolerance.roll
        let restless = unrest / unrestTolerance
        let doing = expression.map(excess) ?? .zero
        let sureness = min(1, max(0, confidence / sure))
        return Int(
            (100 * exp(-(yaw * yaw + roll * roll + restless * restless + (doing * doing).sum())) * sureness).rounded())
    }

    /// How far eyes are from open, the mouth from shut and the gaze from straight ahead; 0 is near enough, and 1 costs two
    /// thirds of the score.
    private static func excess(_ expression: FaceExpression) -> SIMD3<Double> {
        let off = SIMD3(0.09 - expression.lids, expression.lips - 0.05, abs(expression.gaze) - 0.05)
        return (off / SIMD3(0.05, 0.12, 0.05)).clamped(
            lowerBound: .zero, upperBound: SIMD3(repeating: .infinity))
    }

    /// Degrees that two people who hold their heads alike may seem to differ by: they cost nothing.
    private static let doubt = (yaw: 8.0, roll: 6.0)
    /// Degrees beyond the doubt at which a difference costs two thirds of the score.
    private static let tolerance = (yaw: 20.0, roll: 14.0)
    /// Degrees from which a difference is worth a word.
    private static let visible = (yaw: 10.0, roll: 8.0)
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
