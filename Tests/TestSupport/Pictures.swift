import Frames
import System

extension PixelBuffer {
    /// A picture whose pixel at column `x` and row `y` is `pixel(x, y)`.
    package convenience init(_ size: FrameSize, _ pixel: (Int, Int) -> (UInt8, UInt8, UInt8)) {
        self.init(size: size) { bytes in
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let at = 3 * (size.width * y + x)
                    (bytes[at], bytes[at + 1], bytes[at + 2]) = pixel(x, y)
                }
            }
        }
    }

    /// Slow ramps in every channel: what survives halved chroma.
    package static func smooth(_ size: FrameSize) -> PixelBuffer {
        let (width, height) = (max(size.width, 256), max(size.height, 256))
        return PixelBuffer(size) { x, y in
            (UInt8(40 + 120 * x / width), UInt8(60 + 100 * y / height), UInt8(200 - 80 * x / width - 60 * y / height))
        }
    }

    /// Every pixel different from its neighbours; the same for the same seed.
    package static func noise(_ size: FrameSize, seed: UInt64 = 1) -> PixelBuffer {
        var random = SeededRandom(seed: seed)
        return PixelBuffer(size) { _, _ in
            let value = random.next()
            return (UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8), UInt8(value >> 56))
        }
    }

    package var bytes: [UInt8] { withBytes { Array($0) } }

    package func pixel(_ x: Int, _ y: Int) -> [UInt8] {
        withBytes { Array($0[(3 * (size.width * y + x))...].prefix(3)) }
    }

    package func asFrame(_ sequence: Int = 0) -> Frame {
        Frame(pixels: self, sequence: sequence, captured: MonotonicTime(nanoseconds: 0))
    }

    /// Mean difference of any colour of any pixel, in levels.
    package func meanDifference(from other: PixelBuffer) -> Double {
        let pairs = zip(bytes, other.bytes)
        return Double(pairs.reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(bytes.count)
    }

    /// The largest difference of a byte from the same byte of `other`; 256 if the sizes differ.
    package func maximumDifference(from other: PixelBuffer) -> Int {
        guard size == other.size else { return 256 }
        return zip(bytes, other.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }
}

/// SplitMix64: the same numbers on every machine.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    package init(seed: UInt64) { state = seed }
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
