import FOMMCore
import Glibc

/// Keeps what a driver may make of an avatar within what its picture can show: keypoints inside the picture, their
/// neighbourhoods neither torn, crushed nor turned inside out.
///
/// After ``RelativeMotion``, on the avatar's side, because only there is known where its keypoints end up. For live use;
/// `animate` computes what the driver did.
public struct MotionLimits: Hashable, Sendable {
    /// How far from the picture's edge (at -1 and 1) a keypoint begins to be held back; 0...1. The edge itself is
    /// approached, never passed.
    public var margin: Double
    /// By how much a keypoint's neighbourhood may be stretched, in its least and its most stretched direction, compared
    /// with the avatar. Contains 1; both above 0.
    public var stretch: ClosedRange<Double>

    public init(margin: Double = 0.15, stretch: ClosedRange<Double> = 0.4...2.5) {
        precondition((0...1).contains(margin) && stretch.lowerBound > 0 && stretch.contains(1), "limits of \(stretch)")
        self.margin = margin
        self.stretch = stretch
    }

    /// - Parameters:
    ///   - moved: keypoints that the avatar is to show; finite.
    ///   - source: the avatar's own, which are always allowed, wherever they are.
    /// - Returns: `moved`, bit for bit, where it is within the limits; beyond, the nearest that is.
    public func callAsFunction(_ moved: Keypoints, source: Keypoints) -> Keypoints {
        var result = moved
        for index in 0..<moved.count {
            let (place, own) = (moved[value: index], source[value: index])
            result[value: index] = SIMD2(limited(place.x, own: own.x), limited(place.y, own: own.y))

            guard let inverse = source[jacobian: index].inverse else { continue }
            let change = moved[jacobian: index] * inverse
            let held = change.limitingStretch(to: stretch)
            if held != change { result[jacobian: index] = held * source[jacobian: index] }
        }
        return result
    }

    /// The identity up to a knee at the margin, or at the avatar's own place if that is further out; from there on
    /// `tanh`, whose slope at the knee is 1 and which ends at the edge.
    private func limited(_ place: Float, own: Float) -> Float {
        let side: Float = place < 0 ? -1 : 1
        let knee = max(Float(1 - margin), side * own)
        let over = side * place - knee
        guard over > 0 else { return place }
        let room = max(1 - knee, 0)
        return side * (room > 0 ? knee + room * tanhf(over / room) : knee)
    }
}
