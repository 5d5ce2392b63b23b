import Display
import System

/// Where the pictures of a live run go for which no output is named: the window, where there is a display, and a camera that call
/// apps find, where PipeWire runs. With neither it is the window, which says what is missing.
enum UsualOutputs {
    /// - Parameter environment: of the process; what says where the display and PipeWire are is read.
    static func all(_ environment: [String: String]) -> [String] {
        let isDisplay = ["DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"].contains { environment[$0]?.isEmpty == false }
        let window = isDisplay ? ["window"] : []
        let camera = PipeWireDevice.isInstalled && runsPipeWire(environment) ? [PipeWireDevice.word] : []
        return window.isEmpty && camera.isEmpty ? ["window"] : window + camera
    }

    private static func runsPipeWire(_ environment: [String: String]) -> Bool {
        guard let folder = environment["PIPEWIRE_RUNTIME_DIR"] ?? environment["XDG_RUNTIME_DIR"], !folder.isEmpty else {
            return false
        }
        return (try? FileKind(path: "\(folder)/\(environment["PIPEWIRE_REMOTE"] ?? "pipewire-0")")) == .special
    }
}
