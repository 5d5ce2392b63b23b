import CSDL2
import Dispatch
import Frames
import System

/// A window that shows scenes, letterboxed and resizable, and turns keys into events.
///
/// Main queue only: every member traps elsewhere. One window at a time; nothing of SDL runs before it is opened or after
/// it is closed, and SDL takes no signals. Not a `FrameSink`: it shows the newest scene and finishes nothing.
public final class Window {
    /// Asked for anew, Dispatch allocates it anew.
    private static let mainQueue = DispatchQueue.main

    private var screen: Screen?
    private var painter: ScenePainter?
    /// The scene on display: the window may have to draw itself again at any time.
    private var scene = WindowScene()
    /// Whether a flash was on display when the window was last drawn.
    private var isFading = false

    /// Opens the window, with nothing in it yet.
    /// - Parameters:
    ///   - size: of the part that shows pictures, in units of the desktop; ``WindowPanes/defaultSize`` of its panes.
    ///   - panes: what the first scene will show. The window follows a later change as long as nobody has resized it.
    ///   - icon: what the desktop shows for it.
    ///   - fontBytes: a TrueType font for all texts, not copied: it must outlive the window.
    /// - Throws: ``WindowError``.
    public init(
        title: String, size: FrameSize, panes: WindowPanes, icon: PixelBuffer? = nil,
        fontBytes: UnsafeRawBufferPointer
    ) throws(WindowError) {
        dispatchPrecondition(condition: .onQueue(Self.mainQueue))
        let screen = try Screen(title: title, size: size)
        if let icon { screen.setIcon(icon) }
        let renderer = screen.renderer
        self.screen = consume screen
        painter = try ScenePainter(renderer, fontBytes: fontBytes)
        scene.view.panes = panes
    }

    deinit { close() }

    /// Why nothing will be shown any more, other than that it was closed: the display is gone.
    public var loss: WindowError? { DisplayConnection.isLost ? WindowError(.displayGone) : nil }

    /// Shows a scene; blocks at most until the display's next refresh. A picture that the last scene had is not uploaded
    /// again. Ignored once closed or lost.
    public func present(_ scene: WindowScene) {
        dispatchPrecondition(condition: .onQueue(Self.mainQueue))
        guard screen != nil, loss == nil else { return }
        let before = self.scene
        self.scene = scene
        if scene.title != before.title { screen?.title = scene.title }
        if scene.view.isFullScreen != before.view.isFullScreen { screen?.isFullScreen = scene.view.isFullScreen }
        let (panes, size) = (scene.view.panes, before.view.panes.defaultSize)
        if panes != before.view.panes, screen?.size == size { screen?.resize(to: panes.defaultSize) }
        redraw()
    }

    /// Hands over what the user did since the last call, oldest first, and draws the window again where that is needed.
    /// Never waits. The windowing system thinks the program hangs if this is not called a few times a second.
    public func pollEvents(_ handle: (WindowEvent) -> Void) {
        dispatchPrecondition(condition: .onQueue(Self.mainQueue))
        guard screen != nil, loss == nil else { return }
        var event = SDL_Event()
        var needsRedraw = isFading
        while !DisplayConnection.isLost, SDL_PollEvent(&event) == 1 {
            switch SDL_EventType(rawValue: event.type) {
            case SDL_QUIT: handle(.quit)
            case SDL_KEYDOWN:
                if let wish = WindowEvent(event.key) { handle(turningPages(wish)) }
            case SDL_MOUSEBUTTONDOWN:
                if let wish = wish(for: event.button) { handle(wish) }
            case SDL_MOUSEWHEEL where scene.view.strip != nil:
                handle(.view(.scrollStrip(by: Int(event.wheel.x - event.wheel.y))))
            case SDL_DROPFILE:
                if let file = event.drop.file {
                    handle(.command(.openAvatar(path: String(fileName: file))))
                    SDL_free(file)
                }
            case SDL_WINDOWEVENT:
                let change = UInt32(event.window.event)
                needsRedraw =
                    needsRedraw || change == SDL_WINDOWEVENT_EXPOSED.rawValue
                    || change == SDL_WINDOWEVENT_SIZE_CHANGED.rawValue
            case SDL_RENDER_DEVICE_RESET:
                painter?.invalidate()
                needsRedraw = true
            default: break
            }
            // A handler may close the window.
            guard screen != nil else { return }
        }
        if needsRedraw { redraw() }
    }

    /// Closes the window and stops SDL; also done when the last reference goes.
    public func close() {
        dispatchPrecondition(condition: .onQueue(Self.mainQueue))
        scene = WindowScene()
        // Innermost first: a texture outlived by nothing that it lives in.
        painter = nil
        screen = nil
    }

    /// What draws; `nil` once closed.
    var renderer: OpaquePointer? { screen?.renderer }

    /// What the desktop calls it; `nil` once closed.
    var title: String? { screen?.title }

    var isFullScreen: Bool { screen?.isFullScreen ?? false }

    /// How often texts became pixels.
    var textRasterisations: Int { painter?.textRasterisations ?? 0 }

    /// The key that shows the help turns its pages, and closes the last one.
    private func turningPages(_ wish: WindowEvent) -> WindowEvent {
        guard wish == .view(.toggleHelp), scene.view.showsHelp, let surface = screen?.surface, let scale = screen?.scale
        else { return wish }
        let pages = HelpPages(scene, surface: surface, unit: scale).pages.count
        return scene.view.helpPage + 1 < pages ? .view(.nextHelpPage) : wish
    }

    /// On the strip a click is for the avatar or camera there; on the avatar that is shown, for another face of its picture.
    private func wish(for click: SDL_MouseButtonEvent) -> WindowEvent? {
        guard click.button == SDL_BUTTON_LEFT, let surface = screen?.surface, let scale = screen?.scale else {
            return nil
        }
        let place = Point(x: Int(Double(click.x) * scale), y: Int(Double(click.y) * scale))
        guard let strip = ScenePainter.strip(of: scene, surface: surface, scale: scale),
            strip.ground.contains(place)
        else { return click.clicks == 2 ? .view(.toggleFullScreen) : nil }
        guard click.clicks == 1, let index = strip.index(at: place) else { return nil }
        let isChosen = index == scene.chosenThumbnail
        if scene.view.strip == .cameras { return isChosen ? nil : .command(.selectCamera(index)) }
        return .command(isChosen ? .nextFace : .selectAvatar(index))
    }

    private func redraw() {
        guard let surface = screen?.surface, let scale = screen?.scale else { return }
        let flash = flashStrength(.now)
        isFading = flash > 0
        painter?.draw(scene, surface: surface, scale: scale, flash: flash)
    }

    /// 1 when a flash begins, 0 once it has faded.
    private func flashStrength(_ now: MonotonicTime) -> Double {
        guard let flashed = scene.flashed else { return 0 }
        return min(max(1 - now.milliseconds(since: flashed) / PreviewOverlay.flashDuration, 0), 1)
    }
}
