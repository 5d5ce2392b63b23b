import Frames
import Glibc
import System

/// A picture laid out like the portrait that travels with the program: a bright grey backdrop, a head-shaped patch the
/// colour of skin with a fine pattern on it, a dark body. 512 pixels a side unless told.
func syntheticPortrait(side: Int = 512) -> Frame {
    let pixels = PixelBuffer(size: FrameSize(square: side)) { bytes in
        for y in 0..<side {
            for x in 0..<side {
                let (across, down) = (Float(x) / Float(side) * 512, Float(y) / Float(side) * 512)
                let (headX, headY) = ((across - 252) / 160, (down - 215) / 185)
                let inHead = headX * headX + headY * headY < 1
                let inBody = down > 430 && abs(across - 230) < 180
                let pattern = UInt8((x * 7 + y * 13) % 32)
                let colour: (UInt8, UInt8, UInt8) =
                    inHead
                    ? (200 + pattern, 120 + pattern, 80 + pattern) : inBody ? (30, 30, 40) : (196, 192, 190)
                let at = 3 * (y * side + x)
                (bytes[at], bytes[at + 1], bytes[at + 2]) = colour
            }
        }
    }
    return Frame(pixels: pixels, sequence: 0, captured: MonotonicTime(nanoseconds: 0))
}

extension Frame {
    var bytes: [UInt8] { pixels.withBytes { Array($0) } }

    /// Where the skin is: mean position of the pixels whose red exceeds their blue clearly, as fractions of the frame,
    /// and the direction of their longest axis in degrees from upright, positive leaning right.
    var skin: (x: Double, y: Double, lean: Double) {
        var (count, sumX, sumY, sumXX, sumXY, sumYY) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        pixels.withBytes { bytes in
            for index in 0..<size.pixelCount where Int(bytes[3 * index]) - Int(bytes[3 * index + 2]) > 60 {
                let (x, y) = (Double(index % size.width), Double(index / size.width))
                count += 1
                sumX += x
                sumY += y
                sumXX += x * x
                sumXY += x * y
                sumYY += y * y
            }
        }
        guard count > 0 else { return (0, 0, 0) }
        let (x, y) = (sumX / count, sumY / count)
        let (xx, xy, yy) = (sumXX / count - x * x, sumXY / count - x * y, sumYY / count - y * y)
        // The axis angle from vertical; y points down, so leaning right is a negative covariance.
        let lean = 0.5 * atan2(-2 * xy, yy - xx) * 180 / .pi
        return (x / Double(size.width), y / Double(size.height), lean)
    }
}

/// Pearson's correlation of two series of the same length.
func correlation(_ first: [Double], _ second: [Double]) -> Double {
    precondition(first.count == second.count && !first.isEmpty)
    let count = Double(first.count)
    let (meanA, meanB) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (a, b) in zip(first, second) {
        ab += (a - meanA) * (b - meanB)
        aa += (a - meanA) * (a - meanA)
        bb += (b - meanB) * (b - meanB)
    }
    return ab / (aa * bb).squareRoot()
}
