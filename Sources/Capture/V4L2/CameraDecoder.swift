import Frames

/// Turns what a camera sends into interleaved RGB. Working memory is made once; one queue owns a value.
final class CameraDecoder {
    let stream: StreamFormat
    private let yuv: YUVConverter?
    private var jpeg = JPEGDecompressor()
    /// From the values of limited range to 0...255; `nil` where RGB has them already.
    private let stretched: [UInt8]?

    init(_ stream: StreamFormat) {
        self.stream = stream
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

    /// - Parameter rgb: `3 * width * height` bytes; where the result is `false` they may have been written in part.
    /// - Returns: `false` for a damaged picture.
    func decode(_ bytes: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer) -> Bool {
        guard bytes.count >= stream.leastByteCount else { return false }
        if stream.format == .mjpeg { return decodeJPEG(bytes, into: rgb) }
        let start = bytes.bindMemory(to: UInt8.self).baseAddress!
        if let yuv {
            convert(start, yuv, into: rgb)
        } else {
            copyRows(start, into: rgb)
        }
        return true
    }

    private func decodeJPEG(_ bytes: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer) -> Bool {
        let isWhole = jpeg.decodeVideoPicture(bytes, stream.size, into: rgb)
        // A picture cut off within its header leaves TurboJPEG in the middle of it, and the next one would fail too.
        if !isWhole { jpeg = JPEGDecompressor() }
        return isWhole
    }

    private func convert(
        _ start: UnsafePointer<UInt8>, _ yuv: YUVConverter, into rgb: UnsafeMutableRawBufferPointer
    ) {
        let (stride, half) = (stream.bytesPerLine, stream.chromaStride)
        func plane(_ offset: Int, _ stride: Int, _ step: Int) -> SamplePlane {
            SamplePlane(start: start + offset, stride: stride, step: step)
        }
        let chroma = stride * stream.size.height
        switch stream.format {
        case .yuyv: yuv.convert(plane(0, stride, 2), cb: plane(1, stride, 4), cr: plane(3, stride, 4), into: rgb)
        case .nv12:
            yuv.convert(plane(0, stride, 1), cb: plane(chroma, stride, 2), cr: plane(chroma + 1, stride, 2), into: rgb)
        case .i420:
            let second = chroma + half * ((stream.size.height + 1) / 2)
            yuv.convert(plane(0, stride, 1), cb: plane(chroma, half, 1), cr: plane(second, half, 1), into: rgb)
        case .grey, .rgb24, .mjpeg:
            yuv.convert(plane(0, stride, 1), cb: plane(0, stride, 1), cr: plane(0, stride, 1), into: rgb)
        }
    }

    private func copyRows(_ start: UnsafePointer<UInt8>, into rgb: UnsafeMutableRawBufferPointer) {
        let count = 3 * stream.size.width
        let output = rgb.bindMemory(to: UInt8.self).baseAddress!
        for y in 0..<stream.size.height {
            let (from, to) = (start + stream.bytesPerLine * y, output + count * y)
            if let stretched {
                for x in 0..<count { to[x] = stretched[Int(from[x])] }
            } else {
                to.update(from: from, count: count)
            }
        }
    }
}
