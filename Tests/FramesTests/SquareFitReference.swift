import Frames
import TestSupport

/// What ``SquareFit`` computes, in double precision and without any cleverness.
enum SquareFitReference {
    /// A stretch of a picture along one axis, in pixels that need not be whole.
    struct Window {
        let start: Double
        let length: Double

        /// How much the output pixel `target` takes of `source`: by the area it covers, or between pixel centres.
        func weight(of source: Int, for target: Int, side: Int) -> Double {
            let scale = length / Double(side)
            if scale > 1 {
                let (lower, upper) = (start + Double(target) * scale, start + Double(target + 1) * scale)
                return max(0, min(upper, Double(source + 1)) - max(lower, Double(source))) / scale
            }
            let (first, last) = (start.rounded(.down), (start + length).rounded(.up) - 1)
            let centre = min(max(start + (Double(target) + 0.5) * scale - 0.5, first), last)
            return max(0, 1 - abs(Double(source) - centre))
        }
    }

    /// The largest difference of a result from the same in double precision.
    static func difference(
        _ result: PixelBuffer, from picture: PixelBuffer, _ columns: Window, _ rows: Window
    ) -> Double {
        let side = result.size.width
        var worst = 0.0
        for y in 0..<side {
            for x in 0..<side {
                var sums = [0.0, 0, 0]
                for row in 0..<picture.size.height {
                    let vertical = rows.weight(of: row, for: y, side: side)
                    guard vertical > 0 else { continue }
                    for column in 0..<picture.size.width {
                        let weight = vertical * columns.weight(of: column, for: x, side: side)
                        guard weight > 0 else { continue }
                        let pixel = picture.pixel(column, row)
                        for channel in 0..<3 { sums[channel] += weight * Double(pixel[channel]) }
                    }
                }
                for (sum, value) in zip(sums, result.pixel(x, y)) { worst = max(worst, abs(sum - Double(value))) }
            }
        }
        return worst
    }
}
