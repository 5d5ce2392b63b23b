import Frames

extension Frame {
    /// Whether a face in it would have lost its features.
    var isDark: Bool { brightness < 40 }

    /// Mean of its green, which eyes take most of brightness from, on a grid of every eighth pixel; 0...255.
    private var brightness: Double {
        pixels.withBytes { bytes in
            var (sum, count) = (0, 0)
            for y in stride(from: 0, to: size.height, by: 8) {
                for x in stride(from: 0, to: size.width, by: 8) {
                    sum += Int(bytes[3 * (y * size.width + x) + 1])
                    count += 1
                }
            }
            return Double(sum) / Double(count)
        }
    }
}
