import CTurboJPEG
import Frames

/// Writes JPEG files of the kinds that are read, and EXIF blocks to put into them.
package enum JPEGBuilder {
    package enum Kind: CaseIterable, Sendable {
        case colour, halvedChroma, grey, progressive, cmyk
    }

    package static func encode(_ pixels: PixelBuffer, _ kind: Kind = .colour, quality: CInt = 100) -> [UInt8] {
        let handle = tjInitCompress()
        defer { tjDestroy(handle) }
        var memory: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        let sampling =
            switch kind {
            case .colour, .progressive, .cmyk: TJSAMP_444
            case .halvedChroma: TJSAMP_420
            case .grey: TJSAMP_GRAY
            }
        // Adobe's way: 255 is no ink, and black is unused here.
        let source = kind == .cmyk ? pixels.bytes.chunked(3).flatMap { Array($0) + [255] } : pixels.bytes
        let result = tjCompress2(
            handle, source, CInt(pixels.size.width), 0, CInt(pixels.size.height),
            CInt((kind == .cmyk ? TJPF_CMYK : TJPF_RGB).rawValue), &memory, &count, CInt(sampling.rawValue), quality,
            TJFLAG_ACCURATEDCT | (kind == .progressive ? TJFLAG_PROGRESSIVE : 0))
        precondition(result == 0, String(cString: tjGetErrorStr2(handle)))
        defer { tjFree(memory) }
        return Array(UnsafeBufferPointer(start: memory, count: Int(count)))
    }

    /// Puts a segment directly after the start of the image.
    package static func insert(_ marker: UInt8, _ body: [UInt8], into jpeg: [UInt8]) -> [UInt8] {
        let length = body.count + 2
        return Array(jpeg[..<2]) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + body + jpeg[2...]
    }

    /// A TIFF block with one tag before the orientation, as cameras write it.
    package static func exif(orientation: UInt16, bigEndian: Bool) -> [UInt8] {
        func short(_ value: UInt16) -> [UInt8] {
            let (high, low) = (UInt8(value >> 8), UInt8(value & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
        func long(_ value: UInt16) -> [UInt8] { bigEndian ? [0, 0] + short(value) : short(value) + [0, 0] }
        let maker: [[UInt8]] = [short(0x010F), short(2), long(2), [0x41, 0, 0, 0]]
        let turn: [[UInt8]] = [short(0x0112), short(3), long(1), short(orientation), [0, 0]]
        let header: [[UInt8]] = [Array((bigEndian ? "MM" : "II").utf8), short(42), long(8), short(2)]
        return Array((header + maker + turn + [long(0)]).joined())
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
