import Foundation
import Frames

extension PixelBuffer {
    /// Peak signal-to-noise ratio in dB: 10 log10(255^2 / mean squared difference). Infinite for equal pictures.
    /// - Parameter other: of the same size.
    package func psnr(against other: PixelBuffer) -> Double {
        precondition(size == other.size, "pictures of \(size) and \(other.size)")
        let squares = withBytes { mine in
            other.withBytes { theirs in
                zip(mine, theirs).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
            }
        }
        return 10 * log10(255 * 255 * Double(3 * size.pixelCount) / Double(squares))
    }
}
