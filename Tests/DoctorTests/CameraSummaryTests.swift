import Testing

@testable import Capture
@testable import System

@Suite("puppet devices, for people")
struct CameraSummaryTests {
    @Test func formatsFitTheTerminalAndControlsAreListed() {
        var camera = PlayedSystem.camera(users: [.init(process: 7, name: "zoom")], isBusy: true)
        let sizes = (1...9).map { step in
            CameraInfo.Size(
                width: 160 * step, height: 120 * step, leastWidth: nil, leastHeight: nil, frameRates: [30, 7.5],
                anyRateBetween: nil)
        }
        camera.formats = [.init(pixelFormat: "YUYV", description: "", sizes: sizes)]
        camera.controls = [
            .init(
                name: "brightness", kind: .integer, value: 120, minimum: 0, maximum: 255, step: 5, default: 100,
                isInactive: false),
            .init(
                name: "gain", kind: .integer, value: nil, minimum: -1, maximum: 9, step: 1, default: 0, isInactive: true
            ),
        ]
        #expect(
            camera.summary == """
                /dev/video0  camera  UVC Camera (uvcvideo)
                    YUYV: 160x120 at 30/7.5 fps, 320x240 at 30/7.5 fps, 480x360 at 30/7.5 fps, 640x480 at 30/7.5 fps,
                          800x600 at 30/7.5 fps, 960x720 at 30/7.5 fps, 1120x840 at 30/7.5 fps, 1280x960 at 30/7.5 fps,
                          1440x1080 at 30/7.5 fps
                    brightness 120 0..255 step 5 default 100
                    gain ? -1..9 step 1 default 0 (inactive)
                    open in zoom (7), streaming
                """)
    }
}
