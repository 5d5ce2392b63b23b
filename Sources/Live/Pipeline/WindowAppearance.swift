import Dispatch
import Display
import Logging

/// How the window of a live run begins.
package struct WindowAppearance: Sendable {
    package var panes = WindowPanes.both
    /// Whether it shows the avatar as in a mirror.
    package var isMirrored = false

    package init() {}
}
