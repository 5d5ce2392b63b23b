import Foundation

extension PixelBuffer {
    /// Mean over all bytes of the squared difference, in levels of 255.
    /// - Parameter other: of the same size.
    public func meanSquaredError(from other: PixelBuffer) -> Double {
        precondition(size == other.size, "pictures of \(size) and \(other.size)")
        return withBytes { ours in
            other.withBytes { theirs in
                var sum = 0
                for index in ours.indices {
                    let difference = Int(ours[index]) - Int(theirs[index])
                    sum += difference * difference
                }
                return Double(sum) / Double(ours.count)
            }
        }
    }

    /// Peak signal-to-noise ratio in dB: 10 log10(255^2 / mean squared error). Infinite for equal pictures.
    /// - Parameter other: of the same size.
    public func psnr(against other: PixelBuffer) -> Double { 10 * log10(255 * 255 / meanSquaredError(from: other)) }
}
