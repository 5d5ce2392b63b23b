import CSDL2
import Frames

/// SDL's window and the renderer that draws into it. The only place where SDL starts, and its `deinit` where it stops;
/// textures must be gone by then. Main queue.
struct Screen: ~Copyable {
    private let window: OpaquePointer
    let renderer: OpaquePointer

    /// - Throws: ``WindowError``, ``WindowErrorCode/noDisplay`` where there is nothing to open a window on.
    init(title: String, size: FrameSize) throws(WindowError) {
        // Ctrl-C stays the program's own, the screen saver and the desktop's compositor stay as they are.
        SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1")
        SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1")
        SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0")
        SDL_SetHint(SDL_HINT_APP_NAME, title)
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, Self.desktops, SDL_HINT_DEFAULT)
        guard SDL_Init(SDL_INIT_VIDEO) == 0 else { throw WindowError(.noDisplay, reason: Self.lastError) }
        DisplayConnection.begin()
        // Otherwise an input method may keep letters to itself.
        SDL_StopTextInput()

        let flags = SDL_WINDOW_RESIZABLE.rawValue | SDL_WINDOW_ALLOW_HIGHDPI.rawValue
        guard
            let window = SDL_CreateWindow(
                title, PUPPET_SDL_WINDOWPOS_UNDEFINED, PUPPET_SDL_WINDOWPOS_UNDEFINED, CInt(size.width),
                CInt(size.height), flags)
        else {
            let reason = Self.lastError
            SDL_Quit()
            throw WindowError(.cannotOpen, reason: reason)
        }
        guard let renderer = Self.makeRenderer(window) else {
            let reason = Self.lastError
            SDL_DestroyWindow(window)
            SDL_Quit()
            throw WindowError(.cannotOpen, reason: reason)
        }
        SDL_SetWindowMinimumSize(window, 64, 64)
        SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND)
        DisplayConnection.watch(window)
        self.window = window
        self.renderer = renderer
    }

    deinit {
        guard !DisplayConnection.isLost else { return }
        SDL_DestroyRenderer(renderer)
        SDL_DestroyWindow(window)
        SDL_Quit()
        DisplayConnection.end()
    }

    /// In pixels, which on a high-density display are smaller than the desktop's units. `nil` while there is no surface.
    var surface: FrameSize? {
        var (width, height) = (CInt(0), CInt(0))
        guard SDL_GetRendererOutputSize(renderer, &width, &height) == 0, width > 0, height > 0 else { return nil }
        return FrameSize(width: Int(width), height: Int(height))
    }

    /// Surface pixels for each unit of the desktop, at least 1.
    var scale: Double {
        guard let surface, let size else { return 1 }
        return max(1, Double(surface.width) / Double(size.width))
    }

    /// In units of the desktop.
    var size: FrameSize? {
        var (width, height) = (CInt(0), CInt(0))
        SDL_GetWindowSize(window, &width, &height)
        return width > 0 && height > 0 ? FrameSize(width: Int(width), height: Int(height)) : nil
    }

    /// - Parameter picture: square; desktops make it smaller.
    func setIcon(_ picture: PixelBuffer) {
        picture.withBytes { bytes in
            let surface = SDL_CreateRGBSurfaceWithFormatFrom(
                UnsafeMutableRawPointer(mutating: bytes.baseAddress!), CInt(picture.size.width),
                CInt(picture.size.height), 24, CInt(3 * picture.size.width), SDL_PIXELFORMAT_RGB24.rawValue)
            guard let surface else { return }
            SDL_SetWindowIcon(window, surface)  // which keeps a copy
            SDL_FreeSurface(surface)
        }
    }

    var title: String {
        get { String(cString: SDL_GetWindowTitle(window)) }
        nonmutating set { SDL_SetWindowTitle(window, newValue) }
    }

    /// Of the desktop's own kind: the display keeps its mode.
    var isFullScreen: Bool {
        get { SDL_GetWindowFlags(window) & SDL_WINDOW_FULLSCREEN_DESKTOP.rawValue != 0 }
        nonmutating set { SDL_SetWindowFullscreen(window, newValue ? SDL_WINDOW_FULLSCREEN_DESKTOP.rawValue : 0) }
    }

    /// - Parameter size: in units of the desktop, which may give another.
    func resize(to size: FrameSize) { SDL_SetWindowSize(window, CInt(size.width), CInt(size.height)) }

    /// The drivers that may be tried, unless the user names others to SDL. Without a desktop SDL would go on to draw
    /// where nobody looks, or take the console over.
    private static var desktops: String {
        // Asked without this folder, the Wayland library writes a line of its own to standard error.
        let runtime = SDL_getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? ""
        return runtime.hasPrefix("/") ? "x11,wayland" : "x11"
    }

    /// What SDL says went wrong last.
    static var lastError: String { String(cString: SDL_GetError()) }

    /// Drawn by the graphics processor in step with the display where possible, by the CPU otherwise.
    private static func makeRenderer(_ window: OpaquePointer) -> OpaquePointer? {
        let accelerated = SDL_RENDERER_ACCELERATED.rawValue | SDL_RENDERER_PRESENTVSYNC.rawValue
        return SDL_CreateRenderer(window, -1, accelerated)
            ?? SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE.rawValue)
    }
}

extension SDL_Rect {
    init(_ rectangle: Rectangle) {
        self.init(
            x: CInt(rectangle.x), y: CInt(rectangle.y), w: CInt(rectangle.width), h: CInt(rectangle.height))
    }
}
