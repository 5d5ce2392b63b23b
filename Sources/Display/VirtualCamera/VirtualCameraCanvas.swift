import Frames

/// Composes a loopback camera's pictures: the picture as large as fits, in the middle, and a fill around it.
///
/// Scaling down averages areas, scaling up is bilinear. Nothing is allocated once a picture of the same size has been
/// drawn. One queue owns a value.
final class VirtualCameraCanvas {
    let layout: VirtualCameraLayout
    private let fill: VirtualCameraFill
    private var scaling: Scaling?
    private var cardFit: PictureFit?
    /// The camera's picture, interleaved RGB.
    private let canvas: UnsafeMutableRawBufferPointer
    private let packed: UnsafeMutableRawBufferPointer
    private var surround: Surround?

    /// How pictures of one size get in.
    private struct Scaling {
        let fit: PictureFit
        let backdrop: BlurredBackdrop?
    }

    /// What the canvas has around a picture now; a colour is drawn only when there was something else before.
    private enum Surround: Hashable {
        case colour(UInt8, UInt8, UInt8, around: FramePlace)
        case backdrop
    }

    init(_ layout: VirtualCameraLayout, fill: VirtualCameraFill) {
        self.layout = layout
        self.fill = fill
        canvas = .allocate(byteCount: 3 * layout.size.pixelCount, alignment: 64)
        packed = .allocate(byteCount: layout.byteCount, alignment: 64)
        packed.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        canvas.deallocate()
        packed.deallocate()
    }

    /// - Parameters:
    ///   - picture: any size; all of it is shown.
    ///   - isMirrored: left and right change places.
    /// - Returns: the packed picture, `layout.byteCount` bytes that stay until the next call.
    func draw(_ picture: PixelBuffer, isMirrored: Bool) -> UnsafeRawBufferPointer {
        let scaling = scaling(for: picture.size)
        if let backdrop = scaling.backdrop {
            surround = .backdrop
            backdrop.draw(picture, around: pixels)
        } else if case .colour(let red, let green, let blue) = fill {
            paintSurround(red, green, blue, around: scaling.fit.place)
        }
        scaling.fit(picture, into: canvas)
        return pack(isMirrored: isMirrored)
    }

    /// Draws a standby card on its own colour, never mirrored: it is to be read.
    func draw(card: PixelBuffer) -> UnsafeRawBufferPointer {
        let ground = StandbyCard.ground
        let fit = cardFit(for: card.size)
        paintSurround(ground.red, ground.green, ground.blue, around: fit.place)
        fit(card, into: canvas)
        return pack(isMirrored: false)
    }

    private var pixels: UnsafeMutablePointer<UInt8> { canvas.baseAddress!.assumingMemoryBound(to: UInt8.self) }

    private func scaling(for size: FrameSize) -> Scaling {
        if let scaling, scaling.fit.input == size { return scaling }
        let fit = PictureFit(from: size, into: layout.size)
        let isFilled = fit.place.size == layout.size
        let scaling = Scaling(
            fit: fit,
            backdrop: fill == .blur && !isFilled ? BlurredBackdrop(around: fit.place, in: layout.size, from: size) : nil
        )
        self.scaling = scaling
        return scaling
    }

    private func cardFit(for size: FrameSize) -> PictureFit {
        if let cardFit, cardFit.input == size { return cardFit }
        let fit = PictureFit(from: size, into: layout.size)
        cardFit = fit
        return fit
    }

    private func paintSurround(_ red: UInt8, _ green: UInt8, _ blue: UInt8, around place: FramePlace) {
        let wanted = Surround.colour(red, green, blue, around: place)
        guard surround != wanted else { return }
        surround = wanted
        for pixel in 0..<layout.size.pixelCount {
            pixels[3 * pixel] = red
            pixels[3 * pixel + 1] = green
            pixels[3 * pixel + 2] = blue
        }
    }

    private func pack(isMirrored: Bool) -> UnsafeRawBufferPointer {
        VirtualCameraPacker.pack(
            pixels, isMirrored: isMirrored, layout, into: packed.baseAddress!.assumingMemoryBound(to: UInt8.self))
        return UnsafeRawBufferPointer(packed)
    }
}
