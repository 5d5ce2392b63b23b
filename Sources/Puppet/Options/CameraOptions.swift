import ArgumentParser
import Capture
import Frames

/// What is asked of a camera.
struct CameraOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Picture size to ask a camera for. (default: 640x480; the test camera's is the network's)",
            valueName: "width>x<height"),
        transform: parseSize)
    var cameraSize: FrameSize?

    @Option(
        help: ArgumentHelp(
            "Frames per second to ask a camera for. (default: 30, the test camera's is 25)", valueName: "fps"),
        transform: parseRate)
    var cameraFps: FrameRate?

    @Option(help: "Picture format to ask a camera for; puppet chooses otherwise.")
    var cameraFormat: CameraFormat?

    @Option(
        help: ArgumentHelp(
            "Set a control of the camera, such as brightness=128; puppet devices lists them. Repeatable.",
            valueName: "name=value"),
        transform: parsing(
            "NAME=VALUE with a whole number, on or off, such as brightness=128", { CameraControl($0) }))
    var cameraControl: [CameraControl] = []

    /// - Parameter buffers: that the driver is asked for.
    func wishes(buffers: Int) -> CameraWishes {
        var wishes = CameraWishes()
        wishes.size = cameraSize
        wishes.rate = cameraFps
        wishes.format = cameraFormat
        wishes.controls = cameraControl
        wishes.buffers = buffers
        return wishes
    }
}

extension CameraFormat: ExpressibleByArgument {}
