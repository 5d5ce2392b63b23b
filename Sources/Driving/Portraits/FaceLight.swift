import FOMMCore
import Frames
import Glibc

/// How sharp a face's picture is and how it is lit.
struct FaceLight {
    /// Root mean square of the Laplacian, in grey levels.
    let sharpness: Double
    /// Mean grey level, 0...255.
    let brightness: Double
    /// How many times brighter the one half is than the other, at least 1.
    let unevenness: Double

    /// - Parameters:
    ///   - crop: a square.
    ///   - keypoints: of its face, whose surroundings are looked at; `nil` looks at the middle half.
    init(_ crop: PixelBuffer, _ keypoints: Keypoints?) {
        let side = crop.size.width
        let box = Self.box(keypoints, side: side)
        let middle = (box.x.lowerBound + box.x.upperBound) / 2
        let (edges, sums, counts) = crop.withBytes { bytes in
            func grey(_ x: Int, _ y: Int) -> Int {
                let start = 3 * (y * side + x)
                return (2 * Int(bytes[start]) + 5 * Int(bytes[start + 1]) + Int(bytes[start + 2])) / 8
            }
            var (edges, sums, counts) = (0.0, SIMD2<Double>.zero, SIMD2<Double>.zero)
            for y in box.y {
                for x in box.x {
                    let (here, half) = (grey(x, y), x < middle ? 0 : 1)
                    let laplacian = 4 * here - grey(x - 1, y) - grey(x + 1, y) - grey(x, y - 1) - grey(x, y + 1)
                    edges += Double(laplacian * laplacian)
                    sums[half] += Double(here)
                    counts[half] += 1
                }
            }
            return (edges, sums, counts)
        }
        sharpness = (edges / max(1, counts.sum())).squareRoot()
        brightness = sums.sum() / max(1, counts.sum())
        let halves = sums / counts.replacing(with: 1, where: counts .== 0)
        unevenness = max(halves.max(), 1) / max(halves.min(), 1)
    }

    private static func box(_ keypoints: Keypoints?, side: Int) -> (x: Range<Int>, y: Range<Int>) {
        var (low, high) = (SIMD2<Float>(repeating: -0.5), SIMD2<Float>(repeating: 0.5))
        if let keypoints {
            (low, high) = (keypoints[value: 0], keypoints[value: 0])
            for index in 1..<keypoints.count {
                low = pointwiseMin(low, keypoints[value: index])
                high = pointwiseMax(high, keypoints[value: index])
            }
        }
        func pixels(_ low: Float, _ high: Float) -> Range<Int> {
            func pixel(_ place: Float) -> Int { Int((place.clamped(to: -1...1) + 1) / 2 * Float(side - 1)) }
            let start = max(1, min(pixel(low), side - 3))
            return start..<max(start + 1, min(pixel(high), side - 2))
        }
        return (pixels(low.x, high.x), pixels(low.y, high.y))
    }
}

extension Float {
    fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
