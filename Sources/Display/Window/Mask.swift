import CSDL2
import Frames

/// A shape with soft edges, in whatever colour it is wanted. Main queue; must be gone before its renderer.
///
/// SDL draws neither discs nor ovals; a shape becomes pixels when it or its size changes.
struct Mask: ~Copyable {
    enum Shape: Equatable {
        case disc
        /// An outline of this thickness, in pixels.
        case outline(GuideShape, thickness: Int)

        /// How far a place is outside the shape, in pixels; negative inside.
        /// - Parameters: relative to the shape's centre; `half` of its size.
        fileprivate func distance(_ place: SIMD2<Float>, half: SIMD2<Float>) -> Float {
            switch self {
            case .disc: return (place * place).sum().squareRoot() - half.min()
            case .outline(let shape, let thickness):
                let centreLine = half - Float(thickness) / 2
                let outside = Self.distance(place, from: shape, half: centreLine)
                return abs(outside) - Float(thickness) / 2
            }
        }

        private static func distance(_ place: SIMD2<Float>, from shape: GuideShape, half: SIMD2<Float>) -> Float {
            switch shape {
            case .rectangle:
                let beyond = SIMD2(abs(place.x), abs(place.y)) - half
                return beyond.max()
            case .oval:
                // To first order, which is exact on the outline itself and has no answer in the very middle.
                let scaled = place / half
                let radius = (scaled * scaled).sum().squareRoot()
                guard radius > 0 else { return -half.min() }
                let slope = scaled / half
                return radius * (radius - 1) / (slope * slope).sum().squareRoot()
            }
        }
    }

    private var texture: OpaquePointer?
    private var drawn: (shape: Shape, width: Int, height: Int)?

    deinit {
        if let texture { SDL_DestroyTexture(texture) }
    }

    mutating func draw(_ shape: Shape, in rectangle: Rectangle, _ colour: Colour, on canvas: borrowing Canvas) {
        if drawn.map({ $0 == (shape, rectangle.width, rectangle.height) }) != true {
            invalidate()
            texture = Self.make(shape, rectangle.width, rectangle.height, canvas.renderer)
            drawn = (shape, rectangle.width, rectangle.height)
        }
        guard let texture else { return }
        var target = SDL_Rect(rectangle)
        SDL_SetTextureColorMod(texture, colour.red, colour.green, colour.blue)
        SDL_SetTextureAlphaMod(texture, colour.alpha)
        SDL_RenderCopy(canvas.renderer, texture, nil, &target)
    }

    /// Forgets the pixels, after the renderer has lost its memory.
    mutating func invalidate() {
        if let texture { SDL_DestroyTexture(texture) }
        texture = nil
        drawn = nil
    }

    private static func make(_ shape: Shape, _ width: Int, _ height: Int, _ renderer: OpaquePointer) -> OpaquePointer? {
        guard
            let texture = SDL_CreateTexture(
                renderer, SDL_PIXELFORMAT_ARGB8888.rawValue, CInt(SDL_TEXTUREACCESS_STATIC.rawValue), CInt(width),
                CInt(height))
        else { return nil }
        let half = SIMD2(Float(width), Float(height)) / 2
        var pixels: [UInt32] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width {
                let outside = shape.distance(SIMD2(Float(x), Float(y)) + 0.5 - half, half: half)
                let cover = min(max(0.5 - outside, 0), 1)
                pixels.append(UInt32(255 * cover) << 24 | 0xFF_FFFF)
            }
        }
        SDL_UpdateTexture(texture, nil, pixels, CInt(4 * width))
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND)
        return texture
    }
}
