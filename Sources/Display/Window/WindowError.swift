/// Why the window could not be opened. Its description is the one line a user sees.
package struct WindowError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// Nothing to open a window on: no X server, no Wayland compositor.
        case noDisplay
        /// There is a display, but it gave no window or no way to draw into one.
        case cannotOpen
        /// The bytes given as a font are none.
        case badFont
    }

    package let code: Code
    /// SDL's own words.
    package let reason: String

    package init(_ code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String {
        switch code {
        case .noDisplay:
            "window: no display was found (\(reason)); "
                + "run it in a desktop session, or write to a file with --output FILE"
        case .cannotOpen:
            "window: the display did not open one (\(reason)); write to a file instead with --output FILE"
        case .badFont:
            "window: the font of its texts could not be read (\(reason)); the program file is damaged"
        }
    }
}
