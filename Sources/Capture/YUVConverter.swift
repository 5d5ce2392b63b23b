import Frames

/// Planar 8-bit YUV, BT.601, to interleaved RGB; chroma is interpolated linearly between where its samples lie.
///
/// Integer arithmetic: chroma keeps four fractional bits after interpolation and the matrix 13, so a result differs
/// from the real-valued one by less than 0.52 before the final rounding. Working memory is made once; one queue owns a
/// value.
final class YUVConverter {
    private let size: FrameSize
    private let layout: ChromaLayout
    private let chromaSize: FrameSize?
    private let matrix: Matrix
    /// One row each of Cb and Cr, first at chroma resolution between repeated edges and then at full resolution.
    private let narrow: UnsafeMutablePointer<Int16>
    private let blue: UnsafeMutablePointer<Int16>
    private let red: UnsafeMutablePointer<Int16>

    init(size: FrameSize, layout: ChromaLayout, isFullRange: Bool) {
        self.size = size
        self.layout = layout
        chromaSize = layout.chromaSize(of: size)
        matrix = Matrix(isFullRange: isFullRange)
        func row(_ count: Int) -> UnsafeMutablePointer<Int16> {
            let row = UnsafeMutablePointer<Int16>.allocate(capacity: count)
            row.initialize(repeating: 0, count: count)
            return row
        }
        narrow = row((chromaSize?.width ?? 0) + 2)
        blue = row(size.width + 1)  // an odd width's last chroma sample writes one more; grey without chroma
        red = row(size.width + 1)
    }

    deinit {
        narrow.deallocate()
        blue.deallocate()
        red.deallocate()
    }

    /// - Parameters:
    ///   - planes: ``ChromaLayout/byteCount(of:)`` bytes.
    ///   - rgb: `3 * width * height` bytes, all of them written.
    func convert(_ planes: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer) {
        precondition(planes.count == layout.byteCount(of: size) && rgb.count == 3 * size.pixelCount)
        let luma = planes.bindMemory(to: UInt8.self).baseAddress!
        let output = rgb.bindMemory(to: UInt8.self).baseAddress!
        for y in 0..<size.height {
            if let chromaSize {
                let cb = luma + size.pixelCount
                interpolate(cb, chromaSize, row: y, into: blue)
                interpolate(cb + chromaSize.pixelCount, chromaSize, row: y, into: red)
            }
            matrix.convert(luma + size.width * y, blue, red, count: size.width, into: output + 3 * size.width * y)
        }
    }

    /// One full-resolution row of a chroma plane, in sixteenths of a level, 0 for grey.
    private func interpolate(
        _ plane: UnsafePointer<UInt8>, _ planeSize: FrameSize, row y: Int, into output: UnsafeMutablePointer<Int16>
    ) {
        let width = planeSize.width
        let rows = layout.vertical.neighbours(of: y, count: planeSize.height)
        let (near, far) = (plane + width * rows.near, plane + width * rows.far)
        let (nearWeight, farWeight) = (Int16(rows.quarters), Int16(4 - rows.quarters))
        let samples = narrow + 1
        for x in 0..<width {
            samples[x] = nearWeight &* Int16(near[x]) &+ farWeight &* Int16(far[x]) &- 4 &* 128
        }
        narrow[0] = samples[0]
        samples[width] = samples[width - 1]
        switch layout.horizontal {
        case .everySample:
            for x in 0..<width { output[x] = 4 &* samples[x] }
        case .onFirst:
            for x in 0..<width {
                output[2 &* x] = 4 &* samples[x]
                output[2 &* x &+ 1] = 2 &* (samples[x] &+ samples[x &+ 1])
            }
        case .between:
            for x in 0..<width {
                output[2 &* x] = samples[x &- 1] &+ 3 &* samples[x]
                output[2 &* x &+ 1] = 3 &* samples[x] &+ samples[x &+ 1]
            }
        }
    }
}

extension ChromaLayout.Siting {
    /// The two chroma samples around luma sample `position` on an axis with `count` of them, edges repeated, and how
    /// many quarters of the value the near one gives.
    fileprivate func neighbours(of position: Int, count: Int) -> (near: Int, far: Int, quarters: Int) {
        let half = position / 2
        let next = min(half + 1, count - 1)
        return switch self {
        case .everySample: (position, position, 4)
        case .onFirst: position.isMultiple(of: 2) ? (half, half, 4) : (half, next, 2)
        case .between: (half, position.isMultiple(of: 2) ? max(half - 1, 0) : next, 3)
        }
    }
}

/// BT.601 from YCbCr to R'G'B', coefficients with 13 fractional bits.
private struct Matrix: Sendable {
    private let lumaOffset: Int16
    private let luma: Int16
    private let redFromRed: Int16
    private let greenFromBlue: Int16
    private let greenFromRed: Int16
    private let blueFromBlue: Int16

    init(isFullRange: Bool) {
        let (redShare, blueShare) = (0.299, 0.114)
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
