/// A small generator with the same numbers everywhere. Source: Steele, Lea, Flood, OOPSLA 2014.
struct SplitMix64 {
    var state: UInt64

    /// -1 ..< 1.
    mutating func nextUnit() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(z >> 40) * 0x1p-23 - 1
    }
}
