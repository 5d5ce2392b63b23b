import CSDL2
import Glibc
import Synchronization

/// The connection to the X server, which may end at any time: the server crashes, a forwarded display goes away. Xlib would
/// end the program then; it is kept from that here. A Wayland compositor that goes away is told as ``WindowEvent/quit``.
enum DisplayConnection {
    /// Whether it has ended. SDL must not be called any more then, not even to clean up. To be asked before every call: within
    /// one, SDL may take what Xlib then returns for an event.
    static var isLost: Bool {
        if !connectionIsLost.load(ordering: .acquiring), hasHungUp {
            connectionIsLost.store(true, ordering: .releasing)
        }
        return connectionIsLost.load(ordering: .acquiring)
    }

    /// Whether the server has closed its end.
    private static var hasHungUp: Bool {
        var end = pollfd(fd: connectionSocket.load(ordering: .acquiring), events: 0, revents: 0)
        guard end.fd >= 0, poll(&end, 1, 0) > 0 else { return false }
        return CInt(end.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    }

    /// From SDL's start on, an error that SDL does not expect is SDL's to notice, and not told in words for Xlib's developers. A
    /// server that goes away while SDL starts still ends the program, as Xlib has it: SDL would wait for it, or take what Xlib
    /// returns for an answer, and nothing is lost yet.
    static func begin() {
        connectionIsLost.store(false, ordering: .releasing)
        connectionSocket.store(-1, ordering: .releasing)
        guard let library, let function = dlsym(library, "XSetErrorHandler") else { return }
        _ = unsafeBitCast(function, to: SetErrorHandler.self)({ _, _ in 0 })
    }

    /// Lets the program outlive the connection of `window`, whose end Xlib then tells nobody. Does nothing where SDL talks to
    /// something else, and with an Xlib older than 1.7, which knows no way.
    static func watch(_ window: OpaquePointer) {
        guard let library, let display = display(of: window), let function = dlsym(library, "XSetIOErrorExitHandler")
        else { return }
        unsafeBitCast(function, to: SetExitHandler.self)(
            display, { _, _ in connectionIsLost.store(true, ordering: .releasing) }, nil)
        if let function = dlsym(library, "XSetIOErrorHandler") {
            _ = unsafeBitCast(function, to: SetIOErrorHandler.self)({ _ in 0 })
        }
        guard let number = dlsym(library, "XConnectionNumber") else { return }
        connectionSocket.store(unsafeBitCast(number, to: ConnectionNumber.self)(display), ordering: .releasing)
    }

    /// SDL has closed it.
    static func end() { connectionSocket.store(-1, ordering: .releasing) }

    /// Xlib, where SDL has opened it.
    private static var library: UnsafeMutableRawPointer? {
        guard SDL_GetCurrentVideoDriver().map({ String(cString: $0) }) == "x11" else { return nil }
        return dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD)
    }

    private typealias Display = UnsafeMutableRawPointer
    // Of Xlib.h: XSetErrorHandler, XSetIOErrorHandler, XSetIOErrorExitHandler and XConnectionNumber.
    private typealias ConnectionNumber = @convention(c) (Display) -> CInt
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

/// Of the connection; -1 where there is none to look at. It is Xlib's to close, which it does where SDL ends.
private let connectionSocket = Atomic<CInt>(-1)
