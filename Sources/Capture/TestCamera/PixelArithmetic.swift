/// Arithmetic on all four bytes of a 32-bit pixel at once, two at a time in 16-bit lanes.

private let everySecondByte: UInt32 = 0x00ff_00ff

/// `first` and `second` in the ratio 256 - `weight` to `weight` (0...256), rounded.
@inline(__always)
func mix(_ first: UInt32, _ second: UInt32, _ weight: UInt32) -> UInt32 {
    let rest = 256 &- weight
    let even = (first & everySecondByte) &* rest &+ (second & everySecondByte) &* weight &+ 0x0080_0080
    let odd = (first >> 8 & everySecondByte) &* rest &+ (second >> 8 & everySecondByte) &* weight &+ 0x0080_0080
    return even >> 8 & everySecondByte | odd & ~everySecondByte
}

/// `pixel`, multiplied by its cover (its highest byte) already, in front of `backdrop`. Opaque pixels stay as they are.
@inline(__always)
func over(_ pixel: UInt32, _ backdrop: UInt32) -> UInt32 {
    let uncovered = 255 &- pixel >> 24
    // 0...255 to 0...256; the cover of a product rounds up, its colour down, so the sum never leaves a byte.
    let weight = uncovered &+ uncovered >> 7
    let even = (backdrop & everySecondByte) &* weight
    let odd = (backdrop >> 8 & everySecondByte) &* weight
    return pixel &+ (even >> 8 & everySecondByte) &+ (odd & ~everySecondByte)
}
