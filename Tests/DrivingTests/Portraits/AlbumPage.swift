import Assets
import Frames
import TestSupport

@testable import Driving

/// A picture with portraits stuck onto it, for tests that look for them.
struct AlbumPage {
    private(set) var picture: PixelBuffer

    init(_ paper: PixelBuffer) { picture = paper }

    /// The bundled portrait's square at some place of the page.
    mutating func stick(_ portrait: PixelBuffer, at square: FrameSquare) {
        let fit = SquareFit(from: portrait.size, side: square.side)
        let fitted = PixelBuffer(size: FrameSize(square: square.side)) { fit(portrait, into: $0) }
        let page = picture
        picture = PixelBuffer(size: page.size) { bytes in
            page.withBytes { bytes.copyMemory(from: $0) }
            fitted.paste(into: bytes, width: page.size.width, x: square.x, y: square.y)
        }
    }
}

extension FrameSquare {
    /// Whether two squares show about the same: middles and sides differ by less than a share of the side.
    func isNear(_ other: FrameSquare, _ share: Double = 0.15) -> Bool {
        distance(to: other) < share * Double(other.side)
    }
}
