import FOMMCore
import Glibc

/// A rotation, a scale and a shift of the picture plane: the part of a motion that a rigid head seen from the front can
/// have. `z -> centre + shift + scale R(angle) (z - centre)`.
///
/// Coordinates as in `Keypoints`; float64, because parts of a fit are undone and applied again.
public struct Similarity: Equatable, Sendable {
    /// Radians; positive turns x towards y, clockwise on the screen.
    public let angle: Double
    public let logScale: Double
    /// What the shift is counted from: the middle of the keypoints that were fitted.
    public let centre: SIMD2<Double>
    public let shift: SIMD2<Double>
    /// Rotation and scale.
    public let linear: Matrix2x2

    private init(angle: Double, logScale: Double, centre: SIMD2<Double>, shift: SIMD2<Double>) {
        self.angle = angle
        self.logScale = logScale
        self.centre = centre
        self.shift = shift
        let (cosine, sine) = (exp(logScale) * cos(angle), exp(logScale) * sin(angle))
        linear = Matrix2x2(cosine, -sine, sine, cosine)
    }

    /// The similarity that takes `from` nearest to `to`: weighted least squares (Procrustes without reflection),
    /// weighted again by what is left over, so that keypoints that go their own way - a mouth that opens, shoulders that
    /// stay - hardly pull the head with them. Both finite. Keypoints without extent are only shifted.
    public init(from: Keypoints, to: Keypoints) {
        precondition(from.count == to.count, "keypoints of one model")
        var weights = SIMD32<Double>(repeating: 1)
        var fit = Self.leastSquares(from: from, to: to)
        let width = Self.outlier * from.extent
        for _ in 0..<(width > 0 ? Self.rounds : 0) {
            for index in 0..<from.count {
                let left = fit.residual(from, to, index) / (width * exp(fit.logScale))
                weights[index] = 1 / (1 + (left * left).sum())
            }
            fit = Self.leastSquares(from: from, to: to, weights)
        }
        self = fit
    }

    /// How many times larger it makes things.
    public var scale: Double { exp(logScale) }

    func callAsFunction(_ place: SIMD2<Double>) -> SIMD2<Double> { centre + shift + linear * (place - centre) }

    /// The place that is taken to `place`.
    func undo(_ place: SIMD2<Double>) -> SIMD2<Double> {
        centre + (linear.inverse ?? .identity) * (place - centre - shift)
    }

    /// A direction after it.
    func turned(_ direction: SIMD2<Double>) -> SIMD2<Double> { exp(-logScale) * (linear * direction) }

    /// The same movement `factor` times as far: 0 is none, 1 all of it, 2 twice the angle.
    func power(_ factor: Double) -> Similarity {
        Similarity(angle: factor * angle, logScale: factor * logScale, centre: centre, shift: factor * shift)
    }

    /// Where keypoint `index` is, seen from where the similarity would take it.
    public func residual(_ from: Keypoints, _ to: Keypoints, _ index: Int) -> SIMD2<Double> {
        SIMD2<Double>(to[value: index]) - self(SIMD2<Double>(from[value: index]))
    }

    /// Weighted least squares alone. Umeyama, IEEE PAMI 13(4), 1991, in two dimensions: there the singular value
    /// decomposition is an angle.
    public static func leastSquares(
        from: Keypoints, to: Keypoints, _ weights: SIMD32<Double> = .init(repeating: 1)
    ) -> Similarity {
        var (total, source, target) = (0.0, SIMD2<Double>.zero, SIMD2<Double>.zero)
        for index in 0..<from.count {
            total += weights[index]
            source += weights[index] * SIMD2<Double>(from[value: index])
            target += weights[index] * SIMD2<Double>(to[value: index])
        }
        source /= total
        target /= total
        var (dot, cross, spread) = (0.0, 0.0, 0.0)
        for index in 0..<from.count {
            let (a, b) = (SIMD2<Double>(from[value: index]) - source, SIMD2<Double>(to[value: index]) - target)
            dot += weights[index] * (a * b).sum()
            cross += weights[index] * (a.x * b.y - a.y * b.x)
            spread += weights[index] * (a * a).sum()
        }
        let (length, shift) = (hypot(dot, cross), target - source)
        // Below a pixel of a 256 x 256 frame an extent is rounding.
        let smallest = total * smallestExtent * smallestExtent
        guard spread > smallest, length > smallest else {
            return Similarity(angle: 0, logScale: 0, centre: source, shift: shift)
        }
        return Similarity(angle: atan2(cross, dot), logScale: log(length / spread), centre: source, shift: shift)
    }

    private static let smallestExtent = 0.008
    /// Rounds of weighting; more change the fit by less than a hundredth of a pixel.
    private static let rounds = 4
    /// The residual at which a keypoint's weight is halved, in units of the keypoints' extent.
    private static let outlier = 0.1
}

extension Keypoints {
    /// Root mean square distance from their middle.
    public var extent: Double {
        var (sum, squares) = (SIMD2<Double>.zero, 0.0)
        for index in 0..<count {
            let value = SIMD2<Double>(self[value: index])
            sum += value
            squares += (value * value).sum()
        }
        let mean = sum / Double(count)
        return max(squares / Double(count) - (mean * mean).sum(), 0).squareRoot()
    }
}
