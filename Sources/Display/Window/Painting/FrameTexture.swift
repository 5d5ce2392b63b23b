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

    /// Mirrored here, where it costs nothing: as it draws, SDL's renderer for the CPU takes 2 ms to mirror a pane.
    /// - Parameter pixels: of this texture's ``size``.
    func upload(_ pixels: PixelBuffer, isMirrored: Bool) {
        precondition(pixels.size == size, "picture \(pixels.size) into texture \(size)")
        var memory: UnsafeMutableRawPointer?
        var pitch = CInt(0)
        guard SDL_LockTexture(texture, nil, &memory, &pitch) == 0, let memory else { return }
        pixels.withBytes { bytes in
            for y in 0..<size.height {
                let from = bytes.baseAddress! + 3 * size.width * y
                let to = memory + Int(pitch) * y
                if isMirrored {
                    Self.copyMirrored(from, to, size.width)
                } else {
                    to.copyMemory(from: from, byteCount: 3 * size.width)
                }
            }
        }
        SDL_UnlockTexture(texture)
    }

    private static func copyMirrored(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ width: Int) {
        let source = from.assumingMemoryBound(to: UInt8.self)
        let target = to.assumingMemoryBound(to: UInt8.self)
        for x in 0..<width {
            let (here, there) = (3 * x, 3 * (width - 1 - x))
            (target[here], target[here + 1], target[here + 2]) = (source[there], source[there + 1], source[there + 2])
        }
    }

    /// - Parameter alpha: how much of what is there already is covered.
    func draw(_ renderer: OpaquePointer, in rectangle: Rectangle, alpha: UInt8) {
        var target = SDL_Rect(rectangle)
        SDL_SetTextureBlendMode(texture, alpha == 255 ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND)
        SDL_SetTextureAlphaMod(texture, alpha)
        SDL_RenderCopy(renderer, texture, nil, &target)
    }
}
