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
    /// Where in the shape there is something to see: blending what is empty takes the CPU as long as what is not.
    private var parts: [Rectangle] = []

    deinit {
        if let texture { SDL_DestroyTexture(texture) }
    }

    mutating func draw(_ shape: Shape, in rectangle: Rectangle, _ colour: Colour, on canvas: borrowing Canvas) {
        if drawn.map({ $0 == (shape, rectangle.width, rectangle.height) }) != true {
            invalidate()
            let size = FrameSize(width: rectangle.width, height: rectangle.height)
            let pixels = Self.rasterise(shape, size)
            parts = Self.visibleParts(of: pixels, size)
            texture = Self.makeTexture(pixels, size, canvas.renderer)
            drawn = (shape, rectangle.width, rectangle.height)
        }
        guard let texture else { return }
        SDL_SetTextureColorMod(texture, colour.red, colour.green, colour.blue)
        SDL_SetTextureAlphaMod(texture, colour.alpha)
        for part in parts {
            var (source, target) = (SDL_Rect(part), SDL_Rect(part))
            target.x += CInt(rectangle.x)
            target.y += CInt(rectangle.y)
            SDL_RenderCopy(canvas.renderer, texture, &source, &target)
        }
    }

    /// Forgets the pixels, after the renderer has lost its memory.
    mutating func invalidate() {
        if let texture { SDL_DestroyTexture(texture) }
        texture = nil
        drawn = nil
    }

    /// White, with how much of a pixel is covered as its alpha.
    private static func rasterise(_ shape: Shape, _ size: FrameSize) -> [UInt32] {
        let half = SIMD2(Float(size.width), Float(size.height)) / 2
        return (0..<size.pixelCount).map { index in
            let place = SIMD2(Float(index % size.width), Float(index / size.width)) + 0.5 - half
            let cover = min(max(0.5 - shape.distance(place, half: half), 0), 1)
            return UInt32(255 * cover) << 24 | 0xFF_FFFF
        }
    }

    /// In bands of some rows, what the left and the right half have in them.
    private static func visibleParts(of pixels: [UInt32], _ size: FrameSize) -> [Rectangle] {
        let (rows, middle) = (16, size.width / 2)
        var parts: [Rectangle] = []
        for top in stride(from: 0, to: size.height, by: rows) {
            let bottom = min(top + rows, size.height)
            for half in [0..<middle, middle..<size.width] {
                let columns = half.filter { x in
                    (top..<bottom).contains { pixels[$0 * size.width + x] >> 24 > 0 }
                }
                guard let first = columns.first, let last = columns.last else { continue }
                parts.append(Rectangle(x: first, y: top, width: last - first + 1, height: bottom - top))
            }
        }
        return parts
    }

    private static func makeTexture(
        _ pixels: [UInt32], _ size: FrameSize, _ renderer: OpaquePointer
    ) -> OpaquePointer? {
        guard
            let texture = SDL_CreateTexture(
                renderer, SDL_PIXELFORMAT_ARGB8888.rawValue, CInt(SDL_TEXTUREACCESS_STATIC.rawValue),
                CInt(size.width), CInt(size.height))
        else { return nil }
        SDL_UpdateTexture(texture, nil, pixels, CInt(4 * size.width))
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND)
        return texture
    }
}
