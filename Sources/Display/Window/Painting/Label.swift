import CSDL2
import Frames

/// A text on display. Main queue; must be gone before its renderer.
///
/// Text becomes pixels only when it, its size or the room for it changes, so that showing it costs a draw call or two.
struct Label: ~Copyable {
    /// What the pixels depend on.
    private struct Wish: Equatable {
        var text: String
        var height: Int
        var room: FrameSize
        var wraps: Bool
    }

    private var wish: Wish?
    private var texture: OpaquePointer?
    /// Of the text, in pixels; `nil` if there is nothing to see.
    private(set) var size: FrameSize?
    /// How often text became pixels.
    private(set) var rasterisations = 0

    deinit {
        if let texture { SDL_DestroyTexture(texture) }
    }

    /// Sets the text, as large as there is room for.
    ///
    /// - Parameters:
    ///   - height: of a line's letters, in pixels, where there is room.
    ///   - room: the text is not larger than this, down to a size that nobody could read.
    ///   - wraps: whether lines end and are centred where the room does, or only where the text says so.
    mutating func set(_ text: String, height: Int, room: FrameSize, wraps: Bool = false, on canvas: borrowing Canvas) {
        let wish = Wish(text: text, height: height, room: room, wraps: wraps)
        guard wish != self.wish else { return }
        invalidate()
        self.wish = wish
        guard !text.isEmpty else { return }
        rasterisations += 1
        var height = height
        while let surface = Self.render(wish, height, canvas.font) {
            defer { SDL_FreeSurface(surface) }
            let size = FrameSize(width: max(1, Int(surface.pointee.w)), height: max(1, Int(surface.pointee.h)))
            let excess = max(
                Double(size.width) / Double(room.width), Double(size.height) / Double(room.height))
            if excess > 1, height > Self.smallest {
                height = max(Self.smallest, min(height - 1, Int(Double(height) / excess)))
            } else {
                texture = SDL_CreateTextureFromSurface(canvas.renderer, surface)
                self.size = size
                return
            }
        }
    }

    /// - Parameter corner: the upper left one.
    func draw(at corner: Point, _ colour: Colour = .white, on canvas: borrowing Canvas) {
        guard let texture, let size else { return }
        var target = SDL_Rect(Rectangle(x: corner.x, y: corner.y, width: size.width, height: size.height))
        SDL_SetTextureColorMod(texture, colour.red, colour.green, colour.blue)
        SDL_SetTextureAlphaMod(texture, colour.alpha)
        SDL_RenderCopy(canvas.renderer, texture, nil, &target)
    }

    /// Forgets the pixels, after the renderer has lost its memory.
    mutating func invalidate() {
        if let texture { SDL_DestroyTexture(texture) }
        texture = nil
        size = nil
        wish = nil
    }

    /// Letters of so many pixels are dots already.
    private static let smallest = 4

    private static func render(
        _ wish: Wish, _ height: Int, _ font: borrowing Font
    ) -> UnsafeMutablePointer<SDL_Surface>? {
        TTF_SetFontSize(font.pointer, CInt(height))
        TTF_SetFontWrappedAlign(font.pointer, wish.wraps ? TTF_WRAPPED_ALIGN_CENTER : TTF_WRAPPED_ALIGN_LEFT)
        // White, to be tinted when drawn. Wrapped at width 0 breaks lines only where the text does.
        let white = SDL_Color(r: 255, g: 255, b: 255, a: 255)
        return TTF_RenderUTF8_Blended_Wrapped(
            font.pointer, wish.text, white, wish.wraps ? UInt32(wish.room.width) : 0)
    }
}
