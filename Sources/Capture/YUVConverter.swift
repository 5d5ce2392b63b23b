import Frames

/// 8-bit YUV to interleaved RGB, planes apart or woven into one another; chroma is interpolated linearly between where
/// its samples lie. A square of the picture comes out bit for bit as it does in the whole.
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
        // An odd start or end lies within a chroma sample, which writes one more; grey without chroma.
        blue = row(size.width + 1)
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
    ///   - luma, cb, cr: of the whole picture. The caller has checked that all their samples are there; `cb` and `cr` are
    ///     not looked at where the layout has no chroma.
    ///   - square: what of the picture is converted, inside it; `nil` for all.
    ///   - rgb: `3 * width * height` bytes of what is converted, all of them written.
    func convert(
        _ luma: SamplePlane, cb: SamplePlane, cr: SamplePlane, _ square: FrameSquare? = nil,
        into rgb: UnsafeMutableRawBufferPointer
    ) {
        let left = square?.x ?? 0
        let width = square?.side ?? size.width
        let rows = square.map { $0.y..<($0.y + $0.side) } ?? 0..<size.height
        precondition(square?.isInside(size) != false && rgb.count == 3 * width * rows.count, "YUV of \(size)")
        // Chroma is made from the sample that the first column has a share of, which may be a column further left.
        let isHalved = layout.horizontal != .everySample
        let samples = isHalved ? (left / 2)..<((left + width + 1) / 2) : left..<(left + width)
        let skipped = isHalved ? left % 2 : 0
        var output = rgb.bindMemory(to: UInt8.self).baseAddress!
        for y in rows {
            if let chromaSize {
                interpolate(cb, chromaSize, samples, row: y, into: blue)
                interpolate(cr, chromaSize, samples, row: y, into: red)
            }
            matrix.convert(
                lumaRow(luma, y, from: left, count: width), blue + skipped, red + skipped, count: width, into: output)
            output += 3 * width
        }
    }

    private func lumaRow(_ plane: SamplePlane, _ y: Int, from left: Int, count: Int) -> UnsafePointer<UInt8> {
        let row = plane.row(y) + plane.step * left
        if plane.step == 1 { return row }
        plane.withConstantStep { step in
            for x in 0..<count { plainLuma[x] = row[step &* x] }
        }
        return UnsafePointer(plainLuma)
    }

    /// A stretch of one full-resolution row of a chroma plane, in sixteenths of a level, 0 for grey.
    ///
    /// - Parameter range: which of the row's samples it has.
    private func interpolate(
        _ plane: SamplePlane, _ planeSize: FrameSize, _ range: Range<Int>, row y: Int,
        into output: UnsafeMutablePointer<Int16>
    ) {
        let width = range.count
        let rows = layout.vertical.neighbours(of: y, count: planeSize.height)
        let start = plane.step * range.lowerBound
        let (near, far) = (plane.row(rows.near) + start, plane.row(rows.far) + start)
        let (nearWeight, farWeight) = (Int16(rows.quarters), Int16(4 - rows.quarters))
        let samples = narrow + 1
        func mix(_ offset: Int) -> Int16 {
            nearWeight &* Int16(near[offset]) &+ farWeight &* Int16(far[offset]) &- 4 &* 128
        }
        plane.withConstantStep { step in
            for x in 0..<width { samples[x] = mix(step &* x) }
        }
        narrow[0] = range.lowerBound > 0 ? mix(-plane.step) : samples[0]
        samples[width] = range.upperBound < planeSize.width ? mix(plane.step * width) : samples[width - 1]
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
