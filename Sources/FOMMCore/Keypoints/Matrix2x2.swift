/// A 2x2 matrix, rows first. Float64: inverses and products of Jacobians cancel (relative motion at the calibration frame
/// is the exact identity), which float32 would only nearly do.
public struct Matrix2x2: Hashable, Sendable {
    public var xx, xy, yx, yy: Double

    public init(_ xx: Double, _ xy: Double, _ yx: Double, _ yy: Double) {
        self.xx = xx
        self.xy = xy
        self.yx = yx
        self.yy = yy
    }

    public static let identity = Matrix2x2(1, 0, 0, 1)

    public var determinant: Double { xx * yy - xy * yx }

    /// `nil` where the matrix is singular for our purposes, or not a number: its determinant is below 1e-5 in size, where
    /// a change of a keypoint by a thousandth of a pixel would move the picture by many.
    public var inverse: Matrix2x2? {
        let determinant = determinant
        guard abs(determinant) >= 1e-5, determinant.isFinite else { return nil }
        return Matrix2x2(yy / determinant, -xy / determinant, -yx / determinant, xx / determinant)
    }

    /// `b` first, then `a`.
    public static func * (a: Matrix2x2, b: Matrix2x2) -> Matrix2x2 {
        Matrix2x2(
            a.xx * b.xx + a.xy * b.yx, a.xx * b.xy + a.xy * b.yy, a.yx * b.xx + a.yy * b.yx,
            a.yx * b.xy + a.yy * b.yy)
    }

    /// Of a column vector.
    public static func * (a: Matrix2x2, b: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(a.xx * b.x + a.xy * b.y, a.yx * b.x + a.yy * b.y)
    }

    /// Component by component.
    public static func + (a: Matrix2x2, b: Matrix2x2) -> Matrix2x2 {
        Matrix2x2(a.xx + b.xx, a.xy + b.xy, a.yx + b.yx, a.yy + b.yy)
    }

    /// Component by component.
    public static func - (a: Matrix2x2, b: Matrix2x2) -> Matrix2x2 {
        Matrix2x2(a.xx - b.xx, a.xy - b.xy, a.yx - b.yx, a.yy - b.yy)
    }

    /// Every component.
    public static func * (factor: Double, a: Matrix2x2) -> Matrix2x2 {
        Matrix2x2(factor * a.xx, factor * a.xy, factor * a.yx, factor * a.yy)
    }
}
