import CSDL2
import Glibc
import Synchronization

/// The connection to the X server, which may end at any time: the server crashes, a forwarded display goes away. Xlib would
/// end the program then; it is kept from that here. A Wayland compositor that goes away is told as ``WindowEvent/quit``.
enum DisplayConnection {
    /// Whether it has ended. SDL must not be called any more then, not even to clean up.
    static var isLost: Bool { connectionIsLost.load(ordering: .acquiring) }

    /// Lets the program outlive what the X server does to it, from SDL's start on: an error that SDL does not expect is SDL's to
    /// notice, and neither it nor the end of the connection is told in words for Xlib's developers.
    static func begin() {
        connectionIsLost.store(false, ordering: .releasing)
        guard let library else { return }
        if let function = dlsym(library, "XSetErrorHandler") {
            _ = unsafeBitCast(function, to: SetErrorHandler.self)({ _, _ in 0 })
        }
        if let function = dlsym(library, "XSetIOErrorHandler") {
            _ = unsafeBitCast(function, to: SetIOErrorHandler.self)({ _ in 0 })
        }
    }

    /// Lets the program outlive the connection of `window`. Does nothing where SDL talks to something else, and with an
    /// Xlib older than 1.7, which knows no way.
    static func watch(_ window: OpaquePointer) {
        guard let library, let display = display(of: window), let function = dlsym(library, "XSetIOErrorExitHandler")
        else { return }
        unsafeBitCast(function, to: SetExitHandler.self)(
            display, { _, _ in connectionIsLost.store(true, ordering: .releasing) }, nil)
    }

    /// Xlib, where SDL has opened it.
    private static var library: UnsafeMutableRawPointer? {
        guard SDL_GetCurrentVideoDriver().map({ String(cString: $0) }) == "x11" else { return nil }
        return dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD)
    }

    private typealias Display = UnsafeMutableRawPointer
    // Of Xlib.h: XSetErrorHandler, XSetIOErrorHandler and XSetIOErrorExitHandler.
    private typealias SetErrorHandler =
        @convention(c) (@convention(c) (Display?, UnsafeMutableRawPointer?) -> CInt) -> UnsafeMutableRawPointer?
    private typealias SetIOErrorHandler = @convention(c) (@convention(c) (Display?) -> CInt) -> UnsafeMutableRawPointer?
    private typealias SetExitHandler =
        @convention(c) (Display, @convention(c) (Display?, UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer?)
        -> Void

    private static func display(of window: OpaquePointer) -> Display? {
        var info = puppet_wm_info()
        SDL_GetVersion(&info.version)
        let isKnown = withUnsafeMutablePointer(to: &info) { SDL_GetWindowWMInfo(window, OpaquePointer($0)) }
        return isKnown == SDL_TRUE ? info.info.x11_display : nil
    }
}

/// Set by Xlib, on the thread that calls it. There is one window at a time, and so one connection.
private let connectionIsLost = Atomic(false)
