import FOMMCore

/// How much of the driver's motion the avatar takes over: all of it, of the head, and of the expression, each 0...2.
///
/// The similarity that best takes the calibration frame's keypoints to the driving frame's is the head; what it leaves
/// over, per keypoint, is the expression. With S the similarity, `x_D = S(x_R + e)` and `J_D = S E J_R`. Applied:
///
///     x_D' = S^(motion * head) (x_R + motion * expression * e)
///     J_D' = S^(motion * head) (1 + motion * expression * (E - 1)) J_R
///
/// where a power of S scales its rotation, the logarithm of its scale and its shift, so that half a turn of the head is
/// a turn by half the angle and not a head half as wide. The expression stays fixed to the head: an open mouth still
/// opens downwards when the head's tilt is taken out. A head that turns out of the picture plane is no similarity;
/// what of the turn is none counts as expression.
///
/// Before ``RelativeMotion``, on the driver's side, so that movement scale and avatar need not be known.
public struct MotionGains: Hashable, Sendable {
    /// 0...2; 0 holds the avatar still, 1 is the driver's own motion.
    public var motion: Double
    /// 0...2; on top of ``motion``.
    public var head: Double
    /// 0...2; on top of ``motion``.
    public var expression: Double

    /// What each may be.
    public static let range = 0.0...2.0

    public init(motion: Double = 1, head: Double = 1, expression: Double = 1) {
        precondition([motion, head, expression].allSatisfy(Self.range.contains), "gains outside \(Self.range)")
        self.motion = motion
        self.head = head
        self.expression = expression
    }

    /// - Parameters:
    ///   - driving: keypoints of the driving frame.
    ///   - initial: keypoints of the calibration frame.
    /// - Returns: the driver's keypoints as if it had moved that much. All gains 1 return `driving`, bit for bit;
    ///   keypoints that are not finite are returned as they are, for ``RelativeMotion`` to refuse.
    public func callAsFunction(_ driving: Keypoints, initial: Keypoints) -> Keypoints {
        guard self != MotionGains(), driving.allFinite, initial.allFinite else { return driving }
        let whole = Similarity(from: initial, to: driving)
        let part = whole.power(motion * head)
        let (expression, undone) = (motion * expression, whole.linear.inverse ?? .identity)
        var result = driving
        for index in 0..<driving.count {
            let neutral = SIMD2<Double>(initial[value: index])
            let own = whole.undo(SIMD2<Double>(driving[value: index])) - neutral
            result[value: index] = SIMD2<Float>(part(neutral + expression * own))

            guard let inverse = initial[jacobian: index].inverse else { continue }
            let stretch = undone * driving[jacobian: index] * inverse
            result[jacobian: index] =
                part.linear * Matrix2x2.identity.moved(towards: stretch, by: expression) * initial[jacobian: index]
        }
        return result
    }
}
