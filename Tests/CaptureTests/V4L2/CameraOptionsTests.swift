import CV4L2
import Frames
import Glibc
import Testing

@testable import Capture

@Suite("What is asked of a camera: format, controls, buffers")
struct CameraOptionsTests {
    private static let size = FrameSize(width: 4, height: 2)

    private func open(
        _ kernel: PlayedKernel, format: CameraFormat? = nil, _ controls: [String] = [], buffers: Int = 4
    ) throws -> Camera {
        try Camera(
            path: "/dev/video9", size: Self.size, rate: FrameRate(10), format: format,
            controls: controls.map { try #require(CameraControl($0), "\($0)") }, buffers: buffers, kernel.system)
    }

    private func kernel(_ codes: FourCC...) -> PlayedKernel {
        let kernel = PlayedKernel()
        if !codes.isEmpty { kernel.formats = codes.map { PlayedKernel.Format(code: $0) } }
        kernel.controls.all = PlayedControls.usual
        return kernel
    }

    private func line(_ kernel: PlayedKernel, format: CameraFormat? = nil, _ controls: [String] = []) -> String {
        let error = #expect(throws: CaptureError.self) { _ = try open(kernel, format: format, controls) }
        #expect(kernel.violations.isEmpty && !kernel.isOpen && kernel.mapped == 0, "\(kernel.violations)")
        return error?.description ?? "no error"
    }

    // MARK: Format

    @Test(arguments: CameraFormat.allCases)
    func aFormatCanBeForced(_ format: CameraFormat) throws {
        let codes = CameraFormat.allCases.map(\.code)
        let played = PlayedKernel()
        played.formats = codes.map { PlayedKernel.Format(code: $0) }
        #expect(try open(played, format: format).format == format.code.description)
        #expect(try open(played).format == "YUYV", "left to itself")
    }

    @Test func saysWhichFormatsThereAre() {
        let camera = kernel(FourCC("YUYV"), FourCC("MJPG"), FourCC("H264"))
        #expect(
            line(camera, format: .nv12)
                == "/dev/video9: the camera has no nv12; choose one of what it has: yuyv, mjpeg, H264")
        #expect(!camera.isConverting, "a camera that can be read is not handed to libv4l")
        #expect(line(kernel(FourCC("H264")), format: .mjpeg).hasSuffix("choose one of what it has: H264"))
        let stubborn = kernel(FourCC("YUYV"), FourCC("MJPG"))
        stubborn.adjust = { $0.pixelformat = FourCC("YUYV").code }
        #expect(line(stubborn, format: .mjpeg).contains("asked for MJPG 4x2, the camera sends YUYV 4x2"))
    }

    @Test func libv4lsFormatCanBeForced() throws {
        let camera = kernel(FourCC("pBAA"))
        camera.convertedFormats = [PlayedKernel.Format(code: FourCC("RGB3"))]
        #expect(try open(camera, format: .rgb24).format == "RGB3")
    }

    // MARK: Controls

    @Test func setsControlsInOrder() throws {
        let camera = kernel()
        camera.controls.failing[PUPPET_VIDIOC_S_CTRL] = [EINTR, EINTR]
        camera.controls.failing[PUPPET_VIDIOC_QUERYCTRL] = [EINTR]
        _ = try open(
            camera,
            [
                "white_balance_automatic=off", "brightness=-12", "exposure_time_absolute=300", "bits=5",
                "power_line_frequency=2", "white_balance_automatic=1",
            ])
        #expect(
            camera.controls.log == [
                "White Balance, Automatic 0", "Brightness -12", "Exposure Time, Absolute 300", "Bits 5",
                "Power Line Frequency 2", "White Balance, Automatic 1",
            ])
    }

    @Test func touchesNothingUnasked() throws {
        let camera = kernel()
        _ = try open(camera)
        #expect(camera.controls.queries == 0 && camera.controls.log.isEmpty)
    }

    @Test(arguments: [
        (
            "brightnes=1",
            "the camera has no control 'brightnes'; it has brightness, white_balance_automatic, "
                + "power_line_frequency, bits, exposure_time_absolute"
        ),
        ("focus_now=1", "the camera has no control 'focus_now'; it has "),
        ("gone=1", "the camera has no control 'gone'"),
        ("brightness=66", "brightness cannot be 66; it takes -64...64 in steps of 2"),
        ("brightness=-66", "brightness cannot be -66; it takes"), ("brightness=3", "brightness cannot be 3; it takes"),
        ("brightness=on", "brightness cannot be on; it takes"),
        ("brightness=99999999999", "brightness cannot be 99999999999; it takes"),
        ("white_balance_automatic=2", "white_balance_automatic cannot be 2; it takes 0 or 1, off or on"),
        ("power_line_frequency=3", "power_line_frequency cannot be 3; it takes 0...2 in steps of 1"),
        ("bits=2", "bits cannot be 2; it takes any bits of 5"),
    ])
    func saysWhatAControlTakes(_ control: String, _ sentence: String) {
        let camera = kernel()
        let line = line(camera, ["exposure_time_absolute=300", control])
        #expect(line.hasPrefix("/dev/video9: \(sentence)") && !line.contains("\n"), "\(line)")
        #expect(camera.controls.log.isEmpty, "nothing is set where not all can be")
    }

    @Test(arguments: [
        (EINVAL, "brightness=2", "the camera refused brightness=2: Invalid argument"),
        (EBUSY, "brightness=2", "the camera refused brightness=2: Device or resource busy"),
        (
            EACCES, "exposure_time_absolute=9",
            "the camera refused exposure_time_absolute=9: Permission denied; an automatic control governs it"
        ),
        (ENODEV, "brightness=2", "the camera is gone"),
    ])
    func saysWhyItWasRefused(_ reason: CInt, _ control: String, _ sentence: String) {
        let camera = kernel()
        camera.controls.failing[PUPPET_VIDIOC_S_CTRL] = [reason]
        let line = line(camera, [control])
        #expect(line.hasPrefix("/dev/video9: \(sentence)"), "\(line)")
    }

    @Test(arguments: [EINVAL, ENOTTY, EIO]) func aCameraMayHaveNone(_ reason: CInt) {
        let camera = kernel()
        camera.controls.failing[PUPPET_VIDIOC_QUERYCTRL] = [reason]
        #expect(line(camera, ["gain=1"]) == "/dev/video9: the camera has no control 'gain'; it has none at all")
    }

    @Test func aListThatDoesNotEndIsLeft() {
        let camera = kernel()
        camera.controls.all = [PlayedControls.Control(id: 0x98_0900, name: "Brightness")]
        camera.controls.startsAnew = true
        #expect(line(camera, ["gain=1"]).hasSuffix("it has brightness"))
    }

    @Test(arguments: ["", "brightness", "=3", "brightness=", "brightness=x", "brightness=1=2", "brightness=1.5"])
    func whatIsNoControlIsNotTaken(_ text: String) { #expect(CameraControl(text) == nil, "'\(text)'") }

    // MARK: Buffers

    @Test(arguments: [2, 4, 32]) func asksForSoManyBuffers(_ count: Int) throws {
        let camera = kernel()
        _ = try open(camera, buffers: count)
        #expect(camera.buffersWanted == UInt32(count))
    }
}
