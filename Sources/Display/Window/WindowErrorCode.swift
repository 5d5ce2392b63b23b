import System

/// Why the window could not be opened.
public typealias WindowError = Failure<WindowErrorCode>

/// What went wrong with the window. The main thread alone meets them.
public enum WindowErrorCode: Sendable {
    /// Nothing to open a window on: no X server, no Wayland compositor.
    case noDisplay
    /// There is a display, but it gave no window or no way to draw into one.
    case cannotOpen
    /// The display went away while the window was open.
    case displayGone
    /// The bytes given as a font are none.
    case badFont
}

extension Failure<WindowErrorCode> {
    /// - Parameter reason: SDL's own words, where there are any.
    init(_ code: WindowErrorCode, reason: String? = nil) {
        let (detail, hint) =
            switch code {
            case .noDisplay:
                ("no display was found", "run it in a desktop session, or write to a file with --output FILE")
            case .cannotOpen: ("the display did not open one", "write to a file instead with --output FILE")
            case .displayGone: ("the display is gone", "start puppet again on one that is there")
            case .badFont: ("the font of its texts could not be read", "the program file is damaged")
            }
        self.init(code, "window", reason.map { "\(detail) (\($0))" } ?? detail, hint: hint)
    }
}
