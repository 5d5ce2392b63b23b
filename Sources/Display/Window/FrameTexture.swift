import CSDL2
import Frames

/// A picture in the renderer's memory, replaced frame by frame. Main queue; must be gone before its renderer.
struct FrameTexture: ~Copyable {
    let size: FrameSize
    private let texture: OpaquePointer

    /// - Returns: `nil` where the renderer has no memory for a picture of that size.
    init?(_ renderer: OpaquePointer, size: FrameSize) {
        guard
            let texture = SDL_CreateTexture(
                renderer, SDL_PIXELFORMAT_RGB24.rawValue, CInt(SDL_TEXTUREACCESS_STREAMING.rawValue),
                CInt(size.width), CInt(size.height))
        else { return nil }
        SDL_SetTextureScaleMode(texture, SDL_ScaleModeLinear)
        self.size = size
        self.texture = texture
    }

    deinit { SDL_DestroyTexture(texture) }

    /// - Parameter pixels: of this texture's ``size``.
    func upload(_ pixels: PixelBuffer) {
        precondition(pixels.size == size, "picture \(pixels.size) into texture \(size)")
        pixels.withBytes { bytes in
            _ = SDL_UpdateTexture(texture, nil, bytes.baseAddress, CInt(3 * size.width))
        }
    }

    /// - Parameter alpha: how much of what is there already is covered.
    func draw(_ renderer: OpaquePointer, in rectangle: Rectangle, isMirrored: Bool, alpha: UInt8) {
        var target = SDL_Rect(rectangle)
        SDL_SetTextureBlendMode(texture, alpha == 255 ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND)
        SDL_SetTextureAlphaMod(texture, alpha)
        SDL_RenderCopyEx(
            renderer, texture, nil, &target, 0, nil, isMirrored ? SDL_FLIP_HORIZONTAL : SDL_FLIP_NONE)
    }
}

/// Draws whatever picture it is given, of any size, and hands it to the renderer only when it is another one.
struct PictureSlot: ~Copyable {
    private var texture: FrameTexture?
    /// Kept, so that its memory does not come back with another picture in it.
    private var uploaded: PixelBuffer?

    mutating func draw(
        _ frame: Frame, on canvas: borrowing Canvas, in rectangle: Rectangle, isMirrored: Bool, alpha: UInt8 = 255
    ) {
        if texture?.size != frame.size {
            invalidate()
            texture = FrameTexture(canvas.renderer, size: frame.size)
        }
        if uploaded !== frame.pixels {
            texture?.upload(frame.pixels)
            uploaded = frame.pixels
        }
        texture?.draw(canvas.renderer, in: rectangle, isMirrored: isMirrored, alpha: alpha)
    }

    /// Forgets the picture, after the renderer has lost its memory.
    mutating func invalidate() {
        texture = nil
        uploaded = nil
    }
}
