/// K keypoints: `value` (x to the right, y down, the frame's corner pixels at -1 and 1) and, for models that estimate it,
/// `jacobian` (2x2, how the neighbourhood is stretched and turned). Inline: copying allocates nothing.
public struct Keypoints: Sendable, Equatable {
    /// Most that a model may have; the published ones have 10.
    public static let limit = 32

    public let count: Int
    public let hasJacobians: Bool
    private var x = SIMD32<Float>.zero
    private var y = SIMD32<Float>.zero
    private var xx = SIMD32<Float>.zero
    private var xy = SIMD32<Float>.zero
    private var yx = SIMD32<Float>.zero
    private var yy = SIMD32<Float>.zero

    /// All at the centre of the frame, with identity Jacobians.
    public init(count: Int, hasJacobians: Bool) {
        precondition((1...Self.limit).contains(count), "\(count) keypoints")
        self.count = count
        self.hasJacobians = hasJacobians
        xx = .init(repeating: 1)
        yy = .init(repeating: 1)
    }

    /// Where a keypoint is: x to the right, y down, -1...1 within the frame.
    ///
    /// - Parameter index: 0..<``count``.
    public subscript(value index: Int) -> SIMD2<Float> {
        get { SIMD2(x[index], y[index]) }
        set {
            x[index] = newValue.x
            y[index] = newValue.y
        }
    }

    /// The identity for models without Jacobians.
    public subscript(jacobian index: Int) -> Matrix2x2 {
        get { Matrix2x2(Double(xx[index]), Double(xy[index]), Double(yx[index]), Double(yy[index])) }
        set {
            xx[index] = Float(newValue.xx)
            xy[index] = Float(newValue.xy)
            yx[index] = Float(newValue.yx)
            yy[index] = Float(newValue.yy)
        }
    }

    public var allFinite: Bool {
        (0..<count).allSatisfy { index in
            let jacobian = self[jacobian: index]
            return x[index].isFinite && y[index].isFinite && (jacobian.xx + jacobian.xy).isFinite
                && (jacobian.yx + jacobian.yy).isFinite
        }
    }
}
