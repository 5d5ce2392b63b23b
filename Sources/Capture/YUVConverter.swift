import Frames

/// 8-bit YUV to interleaved RGB, planes apart or woven into one another; chroma is interpolated linearly between where its samples lie.
///
/// Integer arithmetic: chroma keeps four fractional bits after interpolation and the matrix 13, so a result differs
/// from the real-valued one by less than 0.52 before the final rounding. Working memory is made once; one queue owns a
/// value.
final class YUVConverter {
    private let size: FrameSize
    private let layout: ChromaLayout
    private let chromaSize: FrameSize?
    private let matrix: YUVMatrix
    /// A row of luma taken out of woven samples.
    private let plainLuma: UnsafeMutablePointer<UInt8>
    /// One row each of Cb and Cr, first at chroma resolution between repeated edges and then at full resolution.
    private let narrow: UnsafeMutablePointer<Int16>
    private let blue: UnsafeMutablePointer<Int16>
    private let red: UnsafeMutablePointer<Int16>

    init(size: FrameSize, layout: ChromaLayout, encoding: YUVEncoding = .bt601, isFullRange: Bool) {
        self.size = size
        self.layout = layout
        chromaSize = layout.chromaSize(of: size)
        matrix = YUVMatrix(encoding, isFullRange: isFullRange)
        plainLuma = .allocate(capacity: size.width)
        plainLuma.initialize(repeating: 0, count: size.width)
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
        plainLuma.deallocate()
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
        let width = chromaSize?.width ?? 0
        let cb = SamplePlane(start: luma + size.pixelCount, stride: width, step: 1)
        let cr = SamplePlane(start: cb.start + (chromaSize?.pixelCount ?? 0), stride: width, step: 1)
        convert(SamplePlane(start: luma, stride: size.width, step: 1), cb: cb, cr: cr, into: rgb)
    }

    /// - Parameters:
    ///   - luma, cb, cr: the caller has checked that all their samples are there; `cb` and `cr` are not looked at where
    ///     the layout has no chroma.
    ///   - rgb: `3 * width * height` bytes, all of them written.
    func convert(
        _ luma: SamplePlane, cb: SamplePlane, cr: SamplePlane, into rgb: UnsafeMutableRawBufferPointer
    ) {
        precondition(rgb.count == 3 * size.pixelCount, "YUV of \(size) into \(rgb.count) bytes")
        let output = rgb.bindMemory(to: UInt8.self).baseAddress!
        for y in 0..<size.height {
            if let chromaSize {
                interpolate(cb, chromaSize, row: y, into: blue)
                interpolate(cr, chromaSize, row: y, into: red)
            }
            matrix.convert(lumaRow(luma, y), blue, red, count: size.width, into: output + 3 * size.width * y)
        }
    }

    private func lumaRow(_ plane: SamplePlane, _ y: Int) -> UnsafePointer<UInt8> {
        let row = plane.row(y)
        if plane.step == 1 { return row }
        plane.withConstantStep { step in
            for x in 0..<size.width { plainLuma[x] = row[step &* x] }
        }
        return UnsafePointer(plainLuma)
    }

    /// One full-resolution row of a chroma plane, in sixteenths of a level, 0 for grey.
    private func interpolate(
        _ plane: SamplePlane, _ planeSize: FrameSize, row y: Int, into output: UnsafeMutablePointer<Int16>
    ) {
        let width = planeSize.width
        let rows = layout.vertical.neighbours(of: y, count: planeSize.height)
        let (near, far) = (plane.row(rows.near), plane.row(rows.far))
        let (nearWeight, farWeight) = (Int16(rows.quarters), Int16(4 - rows.quarters))
        let samples = narrow + 1
        plane.withConstantStep { step in
            for x in 0..<width {
                let (upper, lower) = (Int16(near[step &* x]), Int16(far[step &* x]))
                samples[x] = nearWeight &* upper &+ farWeight &* lower &- 4 &* 128
            }
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

/// Where the samples of one component lie: alone in rows, or woven into others'.
struct SamplePlane {
    let start: UnsafePointer<UInt8>
    /// Bytes from one row to the next.
    let stride: Int
    /// Bytes from one sample to the next.
    let step: Int

    func row(_ y: Int) -> UnsafePointer<UInt8> { start + stride * y }

    /// The steps there are, each as a constant: only then do the loops over a row become vector instructions.
    @inline(__always)
    fileprivate func withConstantStep(_ body: (Int) -> Void) {
        switch step {
        case 1: body(1)
        case 2: body(2)
        case 4: body(4)
        default: body(step)
        }
    }
}
