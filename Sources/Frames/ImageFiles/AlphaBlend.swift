/// Pixels that show what is behind them.
enum AlphaBlend {
    /// Lays RGBA over mid grey: neither the black nor the white that would pull a face's edge one way.
    static func overGrey(_ rgba: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer) {
        for pixel in 0..<(rgba.count / 4) {
            let alpha = Int32(rgba[4 * pixel + 3])
            for channel in 0..<3 {
                let over = Int32(rgba[4 * pixel + channel]) * alpha + 128 * (255 - alpha)
                rgb[3 * pixel + channel] = UInt8((over + 127) / 255)
            }
        }
    }
}
