import CSDL2
import Frames

/// Draws whatever picture it is given, of any size, and hands it to the renderer only when it is another one.
struct PictureSlot: ~Copyable {
    private var texture: FrameTexture?
    /// Kept, so that its memory does not come back with another picture in it.
    private var uploaded: (pixels: PixelBuffer, isMirrored: Bool)?

    mutating func draw(
        _ frame: Frame, on canvas: borrowing Canvas, in rectangle: Rectangle, isMirrored: Bool, alpha: UInt8 = 255
    ) {
        if texture?.size != frame.size {
            invalidate()
            texture = FrameTexture(canvas.renderer, size: frame.size)
        }
        if uploaded?.pixels !== frame.pixels || uploaded?.isMirrored != isMirrored {
            texture?.upload(frame.pixels, isMirrored: isMirrored)
            uploaded = (frame.pixels, isMirrored)
        }
        texture?.draw(canvas.renderer, in: rectangle, alpha: alpha)
    }

    /// Forgets the picture, after the renderer has lost its memory.
    mutating func invalidate() {
        texture = nil
        uploaded = nil
    }
}
