import Testing

@testable import FOMMCore

/// The transforms as matrices, in float64, against what they stand for: `output = A' ((G g) * (B' d))` for every weight and
/// every input by itself, which is all of it, because both sides are bilinear.
@Suite("Winograd's transforms, against the definition of a convolution")
struct TransformTests {
    @Test func plain() {
        let points = [0, 0.5.squareRoot(), -0.5.squareRoot(), 2.0.squareRoot(), -2.0.squareRoot()]
        expectConvolution(byPoints: points, WinogradConv2d.kernelTransform(.plain))
    }

    @Test func upsampled() {
        let input: [[Double]] = [[1, 0, -1, 0], [0, 1, 1, 0], [0, 1, -1, 0], [0, 1, -1, 0], [0, -1, 0, 1]]
        let output: [[Double]] = [[1, 1, 1, -1, 0], [0, 1, 1, 1, 0], [0, 1, -1, 1, 0], [0, 1, -1, -1, 1]]
        // The tile starts at an even pixel; what is left of it is the second half of a pixel of the small image.
        expectConvolution(input, WinogradConv2d.kernelTransform(.upsampled), output) { ($0 + 1) / 2 }
    }

    @Test func tall() {
        var points = [0.0]
        for point in [3.0 / 4, 4.0 / 3, 3.0 / 8, 8.0 / 3] { points += [point, -point] }
        expectConvolution(byPoints: points, TallConv2d.kernelTransform)
    }

    /// Four outputs from the finite points of a transform, whose last is infinity: the input's rows are the polynomials
    /// that vanish at all other points, the output's columns the powers of a point.
    private func expectConvolution(byPoints points: [Double], _ kernel: [[Double]]) {
        /// Coefficients of the polynomial with these roots, the constant first.
        func polynomial(_ roots: [Double]) -> [Double] {
            var coefficients = [Double](repeating: 0, count: points.count + 1)
            coefficients[0] = 1
            for root in roots {
                for power in coefficients.indices.reversed() {
                    coefficients[power] = (power > 0 ? coefficients[power - 1] : 0) - root * coefficients[power]
                }
            }
            return coefficients
        }
        var input: [[Double]] = []
        for point in points { input.append(polynomial(points.filter { $0 != point })) }
        input.append(polynomial(points))
        var output: [[Double]] = []
        for row in 0..<4 {
            var line: [Double] = []
            for point in points { line.append((0..<row).reduce(1.0) { power, _ in power * point }) }
            output.append(line + [row == 3 ? 1.0 : 0.0])
        }
        expectConvolution(input, kernel, output) { $0 }
    }

    /// - Parameter source: where input `index` of the convolution lies in the line that is transformed.
    private func expectConvolution(
        _ input: [[Double]], _ kernel: [[Double]], _ output: [[Double]], source: (_ index: Int) -> Int
    ) {
        var largest = 0.0
        for row in output.indices {
            for tap in kernel[0].indices {
                for column in input[0].indices {
                    var actual = 0.0
                    for position in kernel.indices {
                        actual += output[row][position] * kernel[position][tap] * input[position][column]
                    }
                    largest = max(largest, abs(actual - (source(row + tap) == column ? 1 : 0)))
                }
            }
        }
        #expect(largest < 1e-12, "off by \(largest)")
    }
}
