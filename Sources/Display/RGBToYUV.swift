/// BT.601 from R'G'B' to limited-range YCbCr with 16 fractional bits, rounded to nearest.
enum RGBToYUV {
    @inline(__always)
    static func luma(_ rgb: UnsafePointer<UInt8>) -> UInt8 {
        // 219 / 255 * (0.299, 0.587, 0.114); the sum is exactly 219 / 255, so that white is 235.
        let sum = 16829 &* Int32(rgb[0]) &+ 33039 &* Int32(rgb[1]) &+ 6416 &* Int32(rgb[2])
        return UInt8(truncatingIfNeeded: (sum &+ (16 << 16) &+ (1 << 15)) &>> 16)
    }

    /// - Parameter sum: red, green and blue of four pixels added up. Each row of factors adds up to 0: grey stays 128.
    @inline(__always)
    static func chroma(_ sum: (red: Int32, green: Int32, blue: Int32)) -> (blue: UInt8, red: UInt8) {
        let offset: Int32 = (128 << 18) + (1 << 17)
        let blue = 28784 &* sum.blue &- 9714 &* sum.red &- 19070 &* sum.green &+ offset
        let red = 28784 &* sum.red &- 24103 &* sum.green &- 4681 &* sum.blue &+ offset
        return (UInt8(truncatingIfNeeded: blue &>> 18), UInt8(truncatingIfNeeded: red &>> 18))
    }
}
