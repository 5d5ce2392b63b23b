import FOMMCore

/// How a head moved between two frames, told by the keypoints that nothing but the head moves.
///
/// A similarity, and on top of it what turning out of the picture plane does: keypoints are shifted in proportion to
/// where they lie and how deep, `t(x, z) = a + B x + c z`, which for a rigid head seen from afar is exact. Both are least
/// squares; the second a little reluctant, so that the tremble of a few keypoints is not taken for a turn.
struct HeadMotion {
    let whole: Similarity
    private let initial: Keypoints
    private let depth: SIMD32<Double>
    private let unit: Double
    /// Rows of `a`, `B`, `c` over `[x, y, z, 1]`, for x and for y.
    private let turn: (SIMD4<Double>, SIMD4<Double>)

    /// - Parameters:
    ///   - initial: keypoints of the calibration frame, finite.
    ///   - driving: of the driving frame, finite.
    init(from initial: Keypoints, to driving: Keypoints, _ face: FaceKeypoints) {
        let whole = Similarity.leastSquares(from: initial, to: driving, face.rigid)
        let unit = max(initial.extent, 1e-3)
        (self.whole, self.initial, depth, self.unit) = (whole, initial, face.depth, unit)
        var equations = NormalEquations(reluctance: Self.reluctance)
        for index in 0..<initial.count where face.rigid[index] > 0 {
            let place = SIMD2<Double>(initial[value: index])
            let row = Self.row((place - whole.centre) / unit, face.depth[index])
            equations.add(row, (whole.undo(SIMD2<Double>(driving[value: index])) - place) / unit)
        }
        turn = equations.solution
    }

    /// Where turning takes a keypoint of the calibration frame, before the similarity does its part; keypoint units.
    func turned(_ index: Int) -> SIMD2<Double> {
        let place = SIMD2<Double>(initial[value: index])
        let row = Self.row((place - whole.centre) / unit, depth[index])
        return place + unit * SIMD2((turn.0 * row).sum(), (turn.1 * row).sum())
    }

    /// What turning does to neighbourhoods, depth aside.
    var stretch: Matrix2x2 { Matrix2x2(1 + turn.0.x, turn.0.y, turn.1.x, 1 + turn.1.y) }

    private static func row(_ place: SIMD2<Double>, _ depth: Double) -> SIMD4<Double> {
        SIMD4(place.x, place.y, depthWeight * depth, 1)
    }

    /// The face's width in units of the keypoints' extent: makes depths as large as places.
    private static let depthWeight = 2.0
    /// Of a turn, in squares of the keypoints' extent.
    private static let reluctance = 0.05
}
