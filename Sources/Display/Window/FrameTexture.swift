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

    /// - Parameter frame: of this texture's ``size``.
    func upload(_ frame: Frame) {
        precondition(frame.size == size, "frame \(frame.size) into texture \(size)")
        frame.pixels.withBytes { bytes in
            _ = SDL_UpdateTexture(texture, nil, bytes.baseAddress, CInt(3 * size.width))
        }
    }

    func draw(_ renderer: OpaquePointer, in rectangle: Rectangle, mirrored: Bool) {
        var target = SDL_Rect(rectangle)
        SDL_RenderCopyEx(
            renderer, texture, nil, &target, 0, nil, mirrored ? SDL_FLIP_HORIZONTAL : SDL_FLIP_NONE)
    }
}
