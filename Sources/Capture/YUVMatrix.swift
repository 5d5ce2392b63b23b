/// From YCbCr to R'G'B', coefficients with 13 fractional bits.
struct YUVMatrix: Sendable {
    private let lumaOffset: Int16
    private let luma: Int16
    private let redFromRed: Int16
    private let greenFromBlue: Int16
    private let greenFromRed: Int16
    private let blueFromBlue: Int16

    init(_ encoding: YUVEncoding, isFullRange: Bool) {
        let (redShare, blueShare) = encoding.shares
        let greenShare = 1 - redShare - blueShare
        let lumaGain = isFullRange ? 1 : 255.0 / 219
        let chromaGain = isFullRange ? 1 : 255.0 / 224
        func fixed(_ value: Double) -> Int16 { Int16((value * 8192).rounded()) }
        lumaOffset = isFullRange ? 0 : 16
        luma = fixed(lumaGain)
        redFromRed = fixed(2 * (1 - redShare) * chromaGain)
        blueFromBlue = fixed(2 * (1 - blueShare) * chromaGain)
        greenFromBlue = fixed(-2 * blueShare * (1 - blueShare) / greenShare * chromaGain)
        greenFromRed = fixed(-2 * redShare * (1 - redShare) / greenShare * chromaGain)
    }

    /// One row; `blue` and `red` in sixteenths of a level. 16-bit factors of 32-bit products: SSE2 has those.
    func convert(
        _ row: UnsafePointer<UInt8>, _ blue: UnsafePointer<Int16>, _ red: UnsafePointer<Int16>, count: Int,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        for x in 0..<count {
            let level = product(luma, 16 &* (Int16(row[x]) &- lumaOffset)) &+ (1 << 16)
            let (cb, cr) = (blue[x], red[x])
            let pixel = output + 3 &* x
            pixel[0] = clamped(level &+ product(redFromRed, cr))
            pixel[1] = clamped(level &+ product(greenFromBlue, cb) &+ product(greenFromRed, cr))
            pixel[2] = clamped(level &+ product(blueFromBlue, cb))
        }
    }

    @inline(__always)
    private func product(_ coefficient: Int16, _ value: Int16) -> Int32 { Int32(coefficient) &* Int32(value) }

    /// 13 bits of the coefficient and 4 of the value.
    @inline(__always)
    private func clamped(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: max(0, min(255, sum &>> 17))) }
}
