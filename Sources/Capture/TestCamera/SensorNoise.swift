import Frames

/// What a sensor adds to every value of every pixel: noise that is near Gaussian, without mean, and new in each frame.
///
/// The same strength at every brightness: shot noise grows with the square root of the light, and the gamma of 8-bit
/// video, about a square root, takes that back out.
public struct SensorNoise: Hashable, Sendable {
    /// Standard deviation in levels of 255; about 1 by daylight, 4 in a dim room, 10 in the dark.
    public var sigma: Double
    /// Side of the squares that share one value, in pixels. 1 is the sensor itself; what a camera's denoiser and a video
    /// codec leave of it is coarser, and harder on a network, which averages over neighbours.
    public var grain: Int
    /// Another seed is another noise of the same strength.
    public var seed: UInt64

    /// - Parameters: `sigma` not negative, `grain` at least 1.
    public init(sigma: Double, grain: Int = 1, seed: UInt64 = 1) {
        precondition(sigma >= 0 && grain >= 1, "noise of \(sigma) levels on squares of \(grain)")
        self.sigma = sigma
        self.grain = grain
        self.seed = seed
    }

    /// Adds the noise of one frame; the same for the same seed, frame and pixels. Levels stay within 0...255.
    /// - Parameter pixels: `[size.height, size.width, 3]` bytes.
    func add(to pixels: UnsafeMutableRawBufferPointer, size: FrameSize, frame: Int) {
        let start = mixed(seed &+ mixed(UInt64(truncatingIfNeeded: frame)))
        let scale = Int32((sigma * 65536 / Self.sumDeviation).rounded())
        for y in 0..<size.height {
            for x in 0..<size.width {
                // A pixel's square decides, so that nothing is kept from one row to the next.
                let square = UInt64(y / grain * size.width + x / grain)
                let random = mixed(start &+ square &* 0x9E37_79B9_7F4A_7C15)
                let at = 3 * (y * size.width + x)
                for channel in 0..<3 {
                    let bits = UInt32(truncatingIfNeeded: random >> UInt64(21 * channel))
                    let noise = (Self.sum(bits) &* scale &+ 32768) >> 16
                    pixels[at + channel] = UInt8(min(max(Int32(pixels[at + channel]) + noise, 0), 255))
                }
            }
        }
    }

    /// Twice the sum of three uniform values of 7 bits, about its mean: as near to Gaussian as a picture needs, and never
    /// beyond three deviations.
    private static func sum(_ bits: UInt32) -> Int32 {
        2 &* Int32((bits & 127) + (bits >> 7 & 127) + (bits >> 14 & 127)) &- 381
    }

    /// Of that: `2 sqrt(3 (128^2 - 1) / 12)`.
    private static let sumDeviation = 128.0
}

/// SplitMix64's finaliser: neighbouring numbers become unrelated ones.
private func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
}
