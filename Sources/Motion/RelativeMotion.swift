import FOMMCore

/// Turns the driving frame's keypoints into those the avatar is to show.
///
/// Relative (the default): `x' = x_S + s (x_D - x_R)`, `J' = J_D J_R^-1 J_S`, with S the avatar, R the calibration frame
/// (driving initial), D the driving frame and the movement scale `s = sqrt(hull(x_S) / hull(x_R))`, or 1 without
/// adaptation. Absolute: `x' = x_D`, `J' = J_D`. Source: `normalize_kp`, `animate.py` of the reference implementation.
public struct RelativeMotion: Sendable {
    /// What is taken from the driver: how it moves, or where it is.
    public enum Mode: Sendable, Equatable {
        case relative(adaptScale: Bool)
        case absolute
    }

    public let mode: Mode
    private let source: Keypoints
    private let initial: Keypoints
    /// How far the avatar moves per unit that the driver moves.
    public let movementScale: Float
    /// `J_R^-1 J_S` per keypoint.
    private let bases: [Matrix2x2]

    /// - Parameters:
    ///   - source: keypoints of the avatar.
    ///   - initial: keypoints of the calibration frame. Degenerate ones do no harm: a hull without area adapts no scale,
    ///     a Jacobian without inverse counts as the identity.
    public init(_ mode: Mode, source: Keypoints, initial: Keypoints) {
        self.mode = mode
        self.source = source
        self.initial = initial
        movementScale = Self.movementScale(mode, source: source, initial: initial)
        bases = (0..<source.count).map { index in
            (initial[jacobian: index].inverse ?? .identity) * source[jacobian: index]
        }
    }

    /// - Parameter driving: keypoints of the driving frame.
    /// - Returns: finite keypoints, whatever comes in: one that is not finite stays where the avatar has it.
    public func callAsFunction(_ driving: Keypoints) -> Keypoints {
        guard case .relative = mode else { return driving.allFinite ? driving : source }
        guard driving.allFinite else { return source }
        var moved = source
        for index in 0..<source.count {
            moved[value: index] += movementScale * (driving[value: index] - initial[value: index])
            moved[jacobian: index] = driving[jacobian: index] * bases[index]
        }
        return moved
    }

    private static func movementScale(_ mode: Mode, source: Keypoints, initial: Keypoints) -> Float {
        guard case .relative(adaptScale: true) = mode else { return 1 }
        let (numerator, denominator) = (source.hullArea, initial.hullArea)
        guard numerator > smallestHull, denominator > smallestHull else { return 1 }
        let scale = Float((numerator / denominator).squareRoot())
        return scale.isFinite ? scale : 1
    }

    /// About one pixel of a 256 x 256 frame; below that an area is rounding.
    private static let smallestHull = 6e-5
}
