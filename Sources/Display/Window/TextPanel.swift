import CSDL2
import Frames

/// Lines of text on a translucent ground. Main queue; must be gone before its renderer.
///
/// Text becomes pixels only when it or the display's scale changes, so that showing it costs two draw calls a frame.
struct TextPanel: ~Copyable {
    private let font: Font
    private var texture: OpaquePointer?
    private var textSize = FrameSize(square: 1)
    private var text = ""
    private var scale = 0.0
    /// How often text became pixels.
    private(set) var rasterisations = 0

    /// Height of a line's letters in units of the desktop.
    private static let pointSize = 14.0

    /// - Parameter fontBytes: a TrueType font, not copied: it must outlive the panel.
    /// - Throws: ``WindowError/Code/badFont``.
    init(fontBytes: UnsafeRawBufferPointer) throws(WindowError) {
        do throws(Font.Failure) {
            font = try Font(bytes: fontBytes, height: Int(Self.pointSize))
        } catch {
            throw WindowError(.badFont, reason: error.reason)
        }
    }

    deinit {
        if let texture { SDL_DestroyTexture(texture) }
    }

    /// - Parameter scale: surface pixels for each unit of the desktop.
    mutating func draw(_ text: String, _ renderer: OpaquePointer, scale: Double) {
        if text != self.text || scale != self.scale || texture == nil { rasterise(text, renderer, scale: scale) }
        guard let texture else { return }
        let layout = WindowLayout.panel(text: textSize, scale: scale)
        var (panel, inner) = (SDL_Rect(layout.panel), SDL_Rect(layout.text))
        SDL_SetRenderDrawColor(renderer, 0, 0, 0, 160)
        SDL_RenderFillRect(renderer, &panel)
        SDL_RenderCopy(renderer, texture, nil, &inner)
    }

    /// Forgets the pixels, after the renderer has lost its memory.
    mutating func invalidate() {
        if let texture { SDL_DestroyTexture(texture) }
        texture = nil
    }

    private mutating func rasterise(_ text: String, _ renderer: OpaquePointer, scale: Double) {
        invalidate()
        if scale != self.scale { TTF_SetFontSize(font.pointer, CInt((Self.pointSize * scale).rounded())) }
        (self.text, self.scale) = (text, scale)
        guard !text.isEmpty else { return }
        rasterisations += 1
        // Wrapped at width 0 breaks lines only where the text does.
        let white = SDL_Color(r: 255, g: 255, b: 255, a: 255)
        guard let surface = TTF_RenderUTF8_Blended_Wrapped(font.pointer, text, white, 0) else { return }
        defer { SDL_FreeSurface(surface) }
        textSize = FrameSize(width: Int(surface.pointee.w), height: Int(surface.pointee.h))
        texture = SDL_CreateTextureFromSurface(renderer, surface)
    }
}
