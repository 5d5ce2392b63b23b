import ArgumentParser
import Display
import Live

/// What the window shows to begin with; its keys change it.
struct WindowOptions: ParsableArguments {
    @Option(help: "Pictures in the window: both, avatar or preview (your own).")
    var panes = WindowPanes.both

    /// Where left and right change places.
    enum Mirror: String, CaseIterable, ExpressibleByArgument {
        case window, camera
        /// Nowhere, whatever the settings say.
        case none
    }

    @Option(
        help: ArgumentHelp(
            """
            Mirror the avatar in the window or on virtual cameras (none: nowhere). Repeatable. Others see writing the wrong way round on a \
            mirrored camera.
            """, valueName: "where"))
    var mirror: [Mirror] = []

    var appearance: WindowAppearance {
        var appearance = WindowAppearance()
        appearance.panes = panes
        appearance.isMirrored = mirror.contains(.window)
        return appearance
    }
}

extension WindowPanes: ExpressibleByArgument {}
