import FOMMCore
import Glibc

extension Matrix2x2 {
    /// The way from here towards `other`, `amount` of it: 0 is here, 1 there, 2 as far again. Linear in every entry, but
    /// it stops short of where the area that this matrix spans would shrink to a tenth, or be turned inside out: a
    /// picture cannot show that. Continuous in `amount` from 0 on.
    public func moved(towards other: Matrix2x2, by amount: Double) -> Matrix2x2 {
        // det(self + t d) is a parabola in t, from det(self) at 0.
        let d = other - self
        let slope = xx * d.yy + yy * d.xx - xy * d.yx - yx * d.xy
        let t = min(amount, Self.firstRoot(0.9 * determinant, slope, d.determinant))
        return self + t * d
    }

    /// The smallest `t >= 0` with `a + b t + c t^2 = 0`; infinite where there is none.
    private static func firstRoot(_ a: Double, _ b: Double, _ c: Double) -> Double {
        let discriminant = b * b - 4 * a * c
        guard discriminant >= 0 else { return .infinity }
        // The two roots without cancellation: q / c and a / q.
        let q = -(b + (b < 0 ? -1 : 1) * discriminant.squareRoot()) / 2
        let (one, other) = (q / c, a / q)
        return min(one >= 0 ? one : .infinity, other >= 0 ? other : .infinity)
    }

    /// The same matrix with its singular values brought into `range`, and turned right side out: a mirroring counts as a
    /// negative smaller singular value. Itself, bit for bit, where they are inside; finite in, finite out.
    ///
    /// A 2x2 matrix is the sum of a scaled rotation (length `turning`) and a scaled reflection (length `shearing`); its
    /// singular values are their sum and difference. So they are limited without computing an angle.
    func limitingStretch(to range: ClosedRange<Double>) -> Matrix2x2 {
        let (e, h) = ((xx + yy) / 2, (yx - xy) / 2)
        let (f, g) = ((xx - yy) / 2, (yx + xy) / 2)
        let (turning, shearing) = (hypot(e, h), hypot(f, g))
        let (most, least) = (turning + shearing, turning - shearing)
        guard !(range.contains(most) && range.contains(least)) else { return self }
        let limits = (
            most: min(max(most, range.lowerBound), range.upperBound),
            least: min(max(least, range.lowerBound), range.upperBound)
        )
        let (turned, sheared) = ((limits.most + limits.least) / 2, (limits.most - limits.least) / 2)
        // Without any rotation in it (a pure mirroring) the one that turns nothing is as good as another.
        let (cosine, sine) = turning > 0 ? (e / turning * turned, h / turning * turned) : (turned, 0)
        let (along, across) = shearing > 0 ? (f / shearing * sheared, g / shearing * sheared) : (0, 0)
        return Matrix2x2(cosine + along, across - sine, sine + across, cosine - along)
    }
}
