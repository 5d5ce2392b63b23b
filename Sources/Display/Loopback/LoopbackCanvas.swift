import Frames

/// Composes a loopback camera's pictures: the square picture as large as fits, in the middle, and a fill around it.
///
/// Scaling down averages areas, scaling up is bilinear. Nothing is allocated once a picture of the same size has been
/// drawn. One queue owns a value.
final class LoopbackCanvas {
    let layout: LoopbackLayout
    private let fill: LoopbackFill
    private let geometry: LoopbackGeometry
    private var scaling: Scaling?
    private var cardFit: SquareFit?
    /// The picture at the size of the square, interleaved RGB.
    private let square: UnsafeMutableRawBufferPointer
    /// The camera's picture, interleaved RGB.
    private let canvas: UnsafeMutableRawBufferPointer
    private let packed: UnsafeMutableRawBufferPointer
    private var surround: Surround?

    /// How pictures of one size get in.
    private struct Scaling {
        let fit: SquareFit
        let backdrop: BlurredBackdrop?
    }

    /// What the canvas has around the square now; a colour is drawn only when it was something else before.
    private enum Surround: Hashable {
        case colour(UInt8, UInt8, UInt8)
        case backdrop
    }

    init(_ layout: LoopbackLayout, fill: LoopbackFill) {
        self.layout = layout
        self.fill = fill
        geometry = LoopbackGeometry(layout.size)
        square = .allocate(byteCount: 3 * geometry.side * geometry.side, alignment: 64)
        canvas = .allocate(byteCount: 3 * layout.size.pixelCount, alignment: 64)
        packed = .allocate(byteCount: layout.byteCount, alignment: 64)
        packed.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        square.deallocate()
        canvas.deallocate()
        packed.deallocate()
    }

    /// - Parameters:
    ///   - picture: any size; its centred square is shown.
    ///   - isMirrored: left and right change places.
    /// - Returns: the packed picture, `layout.byteCount` bytes that stay until the next call.
    func draw(_ picture: PixelBuffer, isMirrored: Bool) -> UnsafeRawBufferPointer {
        let scaling = scaling(for: picture.size)
        if let backdrop = scaling.backdrop {
            surround = .backdrop
            backdrop.draw(picture, around: pixels)
        } else if case .colour(let red, let green, let blue) = fill {
            paintSurround(red, green, blue)
        }
        place(picture, scaling.fit)
        return pack(isMirrored: isMirrored)
    }

    /// Draws a standby card on its own colour, never mirrored: it is to be read.
    func draw(card: PixelBuffer) -> UnsafeRawBufferPointer {
        let ground = StandbyCard.ground
        paintSurround(ground.red, ground.green, ground.blue)
        if cardFit?.input != card.size { cardFit = SquareFit(from: card.size, side: geometry.side) }
        if let cardFit { place(card, cardFit) }
        return pack(isMirrored: false)
    }

    private var pixels: UnsafeMutablePointer<UInt8> { canvas.baseAddress!.assumingMemoryBound(to: UInt8.self) }

    private func scaling(for size: FrameSize) -> Scaling {
        if let scaling, scaling.fit.input == size { return scaling }
        let isSquare = layout.size.width == layout.size.height
        let scaling = Scaling(
            fit: SquareFit(from: size, side: geometry.side),
            backdrop: fill == .blur && !isSquare ? BlurredBackdrop(geometry, from: size) : nil)
        self.scaling = scaling
        return scaling
    }

    private func place(_ picture: PixelBuffer, _ fit: SquareFit) {
        fit(picture, into: square)
        let rowBytes = 3 * geometry.side
        for row in 0..<geometry.side {
            let target = canvas.baseAddress! + 3 * (layout.size.width * (geometry.y + row) + geometry.x)
            target.copyMemory(from: square.baseAddress! + rowBytes * row, byteCount: rowBytes)
        }
    }

    private func paintSurround(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        guard surround != .colour(red, green, blue) else { return }
        surround = .colour(red, green, blue)
        for pixel in 0..<layout.size.pixelCount {
            pixels[3 * pixel] = red
            pixels[3 * pixel + 1] = green
            pixels[3 * pixel + 2] = blue
        }
    }

    private func pack(isMirrored: Bool) -> UnsafeRawBufferPointer {
        LoopbackPacker.pack(
            pixels, isMirrored: isMirrored, layout, into: packed.baseAddress!.assumingMemoryBound(to: UInt8.self))
        return UnsafeRawBufferPointer(packed)
    }
}
