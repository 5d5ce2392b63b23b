import Display
import System

/// Where the pictures of a live run go for which no output is named: the window, where there is a display, and a camera that call
/// apps find, where PipeWire runs. With neither it is the window, which says what is missing.
enum UsualOutputs {
    /// - Parameter environment: of the process; what says where the display and PipeWire are is read.
    static func all(_ environment: [String: String]) -> [String] {
        let isDisplay = ["DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"].contains { environment[$0]?.isEmpty == false }
        let window = isDisplay ? ["window"] : []
        let runsPipeWire = SocketAddress.pipeWire(environment).map(SocketAddress.isListening) ?? false
        let camera = PipeWireDevice.isInstalled && runsPipeWire ? [PipeWireDevice.word] : []
        return window.isEmpty && camera.isEmpty ? ["window"] : window + camera
    }
}
