/// Least squares with four unknowns and two right sides, row by row: `sum of w w^T, sum of w l`. Allocates nothing.
struct NormalEquations {
    /// `[4, 4]`, rows first; symmetric.
    private var matrix = SIMD16<Double>.zero
    private var right = (SIMD4<Double>.zero, SIMD4<Double>.zero)

    /// - Parameter reluctance: above 0; what is added to the diagonal, so that there is always a solution, and the smaller
    ///   one where the rows say little.
    init(reluctance: Double) {
        for index in 0..<4 { matrix[5 * index] = reluctance }
    }

    mutating func add(_ row: SIMD4<Double>, _ value: SIMD2<Double>) {
        for first in 0..<4 {
            for second in 0..<4 { matrix[4 * first + second] += row[first] * row[second] }
        }
        right.0 += value.x * row
        right.1 += value.y * row
    }

    /// Gauss's elimination, which needs no pivots where a matrix is positive definite.
    var solution: (SIMD4<Double>, SIMD4<Double>) {
        var (matrix, x, y) = (matrix, right.0, right.1)
        for pivot in 0..<4 {
            for row in 0..<4 where row != pivot {
                let factor = matrix[4 * row + pivot] / matrix[5 * pivot]
                for column in pivot..<4 { matrix[4 * row + column] -= factor * matrix[4 * pivot + column] }
                x[row] -= factor * x[pivot]
                y[row] -= factor * y[pivot]
            }
        }
        let diagonal = SIMD4(matrix[0], matrix[5], matrix[10], matrix[15])
        return (x / diagonal, y / diagonal)
    }
}
