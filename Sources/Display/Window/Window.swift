import CSDL2
import Dispatch
import Frames

/// A window that shows frames, letterboxed and resizable, and turns keys into events.
///
/// Main queue only: every member traps elsewhere. One window at a time; nothing of SDL runs before it is opened or after
/// it is closed, and SDL takes no signals. Not a ``FrameSink``: it shows the newest frame and finishes nothing.
package final class Window {
    private var screen: Screen?
    private var panel: TextPanel?
    private var texture: FrameTexture?
    /// The frame on display: the window may have to draw itself again at any time.
    private var shown: Frame?

    /// Whether frames are shown as in a mirror. The information panel is not.
    package var isMirrored = false { didSet { redraw() } }
    /// What the information panel says, lines separated by newlines; `nil` hides it. Drawn with the next frame.
    package var info: String?

    /// Opens the window.
    /// - Parameters:
    ///   - size: of the part that shows frames, in units of the desktop.
    ///   - fontBytes: a TrueType font for the information panel, not copied: it must outlive the window.
    /// - Throws: ``WindowError``.
    package init(title: String, size: FrameSize, fontBytes: UnsafeRawBufferPointer) throws(WindowError) {
        dispatchPrecondition(condition: .onQueue(.main))
        screen = try Screen(title: title, size: size)
        panel = try TextPanel(fontBytes: fontBytes)
    }

    deinit { close() }

    /// Shows a frame of any size; blocks at most until the display's next refresh. Ignored once closed.
    package func present(_ frame: Frame) {
        dispatchPrecondition(condition: .onQueue(.main))
        guard screen != nil else { return }
        shown = frame
        upload()
        redraw()
    }

    /// Hands over what the user did since the last call, oldest first, and draws the window again where that is needed.
    /// Never waits. The windowing system thinks the program hangs if this is not called a few times a second.
    package func pollEvents(_ handle: (WindowEvent) -> Void) {
        dispatchPrecondition(condition: .onQueue(.main))
        guard screen != nil else { return }
        var event = SDL_Event()
        var needsRedraw = false
        while SDL_PollEvent(&event) == 1 {
            switch SDL_EventType(rawValue: event.type) {
            case SDL_QUIT: handle(.quit)
            case SDL_KEYDOWN:
                if let command = WindowEvent(event.key) { handle(command) }
            case SDL_WINDOWEVENT:
                let change = UInt32(event.window.event)
                needsRedraw =
                    needsRedraw || change == SDL_WINDOWEVENT_EXPOSED.rawValue
                    || change == SDL_WINDOWEVENT_SIZE_CHANGED.rawValue
            case SDL_RENDER_DEVICE_RESET:
                reload()
                needsRedraw = true
            default: break
            }
            // A handler may close the window.
            guard screen != nil else { return }
        }
        if needsRedraw { redraw() }
    }

    /// Closes the window and stops SDL; also done when the last reference goes.
    package func close() {
        dispatchPrecondition(condition: .onQueue(.main))
        shown = nil
        // Innermost first: a texture outlived by nothing that it lives in.
        texture = nil
        panel = nil
        screen = nil
    }

    /// What draws; `nil` once closed.
    var renderer: OpaquePointer? { screen?.renderer }

    /// How often the information panel's text became pixels.
    var textRasterisations: Int { panel?.rasterisations ?? 0 }

    private func upload() {
        guard let shown, let renderer else { return }
        if texture?.size != shown.size {
            texture = nil
            texture = FrameTexture(renderer, size: shown.size)
        }
        texture?.upload(shown)
    }

    /// The renderer has lost what it remembered, for instance after sleep.
    private func reload() {
        texture = nil
        panel?.invalidate()
        upload()
    }

    private func redraw() {
        dispatchPrecondition(condition: .onQueue(.main))
        guard let renderer, let surface = screen?.surface, let scale = screen?.scale else { return }
        SDL_SetRenderDrawColor(renderer, 0, 0, 0, 255)
        SDL_RenderClear(renderer)
        if let size = texture?.size {
            texture?.draw(renderer, in: WindowLayout.letterbox(size, in: surface), mirrored: isMirrored)
        }
        if let info { panel?.draw(info, renderer, scale: scale) }
        SDL_RenderPresent(renderer)
    }
}
