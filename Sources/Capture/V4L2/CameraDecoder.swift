import Frames

/// Turns what a camera sends into interleaved RGB: the wanted square of it, or of Motion JPEG all of it at a smaller
/// size, as that has no corner without what comes before. Working memory is made once; one queue owns a value.
final class CameraDecoder {
    let stream: StreamFormat
    /// What is looked at of the pictures; `nil` for all. A square that lies outside is moved inside.
    var wanted: WantedSquare? {
        didSet {
            let square = wanted.map {
                FrameSquare(x: $0.square.x, y: $0.square.y, side: $0.square.side, in: stream.size)
            }
            part = FramePart(jpeg == nil ? square : nil, of: stream.size)
            divisor = 1
            if jpeg != nil, let square, let leastSide = wanted?.leastSide {
                divisor = MotionJPEG.divisor(stream.size, square, leastSide: leastSide)
            }
        }
    }
    /// What ``decode(_:into:)`` makes of a picture.
    private(set) var part: FramePart
    private var divisor = 1
    private let yuv: YUVConverter?
    private let jpeg: MotionJPEG?
    /// From the values of limited range to 0...255; `nil` where RGB has them already.
    private let stretched: [UInt8]?

    /// Of the pixels that ``decode(_:into:)`` makes.
    var pictureSize: FrameSize {
        let whole = FrameSize(width: stream.size.width / divisor, height: stream.size.height / divisor)
        return part.square.map { FrameSize(square: $0.side) } ?? whole
    }

    init(_ stream: StreamFormat) {
        self.stream = stream
        part = FramePart(of: stream.size)
        jpeg = stream.format == .mjpeg ? MotionJPEG(stream.size) : nil
        let layout: ChromaLayout? =
            switch stream.format {
            case .yuyv: .full422
            case .nv12, .i420: .mpeg420
            case .grey: .mono
            case .rgb24, .mjpeg: nil
            }
        yuv = layout.map {
            YUVConverter(size: stream.size, layout: $0, encoding: stream.encoding, isFullRange: stream.isFullRange)
        }
        stretched =
            stream.isFullRange
            ? nil : (0..<256).map { UInt8(max(0, min(255, (Double($0 - 16) * 255 / 219).rounded()))) }
    }

    /// - Parameter rgb: 3 bytes for each pixel of ``pictureSize``; where the result is `false` they may have been written
    ///   in part.
    /// - Returns: `false` for a damaged picture.
    func decode(_ bytes: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer) -> Bool {
        guard bytes.count >= stream.leastByteCount else { return false }
        if let jpeg { return jpeg.decode(bytes, dividedBy: divisor, into: rgb) }
        let start = bytes.bindMemory(to: UInt8.self).baseAddress!
        if let yuv {
            convert(start, yuv, into: rgb)
        } else {
            copyRows(start, into: rgb)
        }
        return true
    }

    private func convert(
        _ start: UnsafePointer<UInt8>, _ yuv: YUVConverter, into rgb: UnsafeMutableRawBufferPointer
    ) {
        let (stride, half) = (stream.bytesPerLine, stream.chromaStride)
        func plane(_ offset: Int, _ stride: Int, _ step: Int) -> SamplePlane {
            SamplePlane(start: start + offset, stride: stride, step: step)
        }
        let chroma = stride * stream.size.height
        let luma = plane(0, stride, stream.format == .yuyv ? 2 : 1)
        let (cb, cr) =
            switch stream.format {
            case .yuyv: (plane(1, stride, 4), plane(3, stride, 4))
            case .nv12: (plane(chroma, stride, 2), plane(chroma + 1, stride, 2))
            case .i420: (plane(chroma, half, 1), plane(chroma + half * ((stream.size.height + 1) / 2), half, 1))
            case .grey, .rgb24, .mjpeg: (luma, luma)
            }
        yuv.convert(luma, cb: cb, cr: cr, part.square, into: rgb)
    }

    private func copyRows(_ start: UnsafePointer<UInt8>, into rgb: UnsafeMutableRawBufferPointer) {
        let size = pictureSize
        let count = 3 * size.width
        let corner = start + stream.bytesPerLine * (part.square?.y ?? 0) + 3 * (part.square?.x ?? 0)
        let output = rgb.bindMemory(to: UInt8.self).baseAddress!
        for y in 0..<size.height {
            let (from, to) = (corner + stream.bytesPerLine * y, output + count * y)
            if let stretched {
                for x in 0..<count { to[x] = stretched[Int(from[x])] }
            } else {
                to.update(from: from, count: count)
            }
        }
    }
}
