import CV4L2
import Capture
import Frames
import Glibc
import System
import TestSupport
import Testing

@testable import Display

@Suite("Loopback device")
struct LoopbackDeviceTests {
    private let kernel = PlayedKernel()
    private let size = FrameSize(width: 64, height: 48)

    private func open(_ size: FrameSize? = nil, rate: FrameRate = FrameRate(30)) throws -> LoopbackDevice {
        try LoopbackDevice(opening: "/dev/video9", size: size ?? self.size, rate: rate, kernel.system)
    }

    private func layout(_ size: FrameSize? = nil) throws -> VirtualCameraLayout {
        let device = try open(size)
        return device.layout
    }

    @Test func asksForWhatCamerasDeliver() throws {
        _ = try layout(FrameSize(width: 640, height: 480))
        let asked = try #require(kernel.with { $0.requested })
        #expect(asked.width == 640 && asked.height == 480 && asked.pixelformat == PUPPET_V4L2_PIX_FMT_YUYV)
        #expect(asked.bytesperline == 1280 && asked.sizeimage == 614_400)
        #expect(asked.field == V4L2_FIELD_NONE.rawValue)
        #expect(asked.colorspace == V4L2_COLORSPACE_SMPTE170M.rawValue)
        #expect(asked.ycbcr_enc == V4L2_YCBCR_ENC_601.rawValue)
        #expect(asked.quantization == V4L2_QUANTIZATION_LIM_RANGE.rawValue)
        #expect(asked.priv == UInt32(V4L2_PIX_FMT_PRIV_MAGIC), "or the driver ignores the two above")
    }

    @Test func announcesTheRate() throws {
        _ = try open(rate: FrameRate(30000, over: 1001)).layout
        let rate = try #require(kernel.with { $0.requestedRate })
        #expect(rate.numerator == 1001 && rate.denominator == 30000, "a time per frame, not a rate")
    }

    @Test(arguments: [(853, 480, 852, 480), (641, 481, 640, 480), (1, 1, 2, 2), (1280, 720, 1280, 720)])
    func roundsOddSizesDown(_ width: Int, _ height: Int, _ roundedWidth: Int, _ roundedHeight: Int) throws {
        let layout = try layout(FrameSize(width: width, height: height))
        #expect(layout.size == FrameSize(width: roundedWidth, height: roundedHeight))
        #expect(layout.byteCount == 2 * roundedWidth * roundedHeight)
    }

    @Test func obeysADriverThatKeepsItsFormat() throws {
        let yu12 = PUPPET_V4L2_PIX_FMT_YUV420
        let cases: [(@Sendable (inout v4l2_pix_format) -> Void, VirtualCameraLayout)] = [
            (keeping(320, 240), VirtualCameraLayout(.yuyv, FrameSize(width: 320, height: 240))),
            (
                keeping(320, 240, bytesPerLine: 704),
                VirtualCameraLayout(.yuyv, FrameSize(width: 320, height: 240), bytesPerLine: 704)
            ),
            (keeping(320, 240, imageSize: 1 << 20), VirtualCameraLayout(.yuyv, FrameSize(width: 320, height: 240))),
            (
                keeping(320, 240, bytesPerLine: 0, imageSize: 153_600),
                VirtualCameraLayout(.yuyv, FrameSize(width: 320, height: 240))
            ),
            (keeping(96, 64, yu12), VirtualCameraLayout(.yu12, FrameSize(width: 96, height: 64))),
        ]
        for (answer, expected) in cases {
            kernel.with { $0.answer = answer }
            #expect(try layout() == expected)
        }
    }

    /// What 0.12 with exclusive_caps wants, to take another writer after this one.
    @Test(arguments: [false, true]) func declaresItself(_ hasNoStreamOn: Bool) throws {
        kernel.with { $0.hasNoStreamOn = hasNoStreamOn }
        let device = try open()
        let result = try write(device)
        #expect(result == .written && kernel.with { $0.declared == 1 && $0.opened == 1 })
    }

    /// And where the writer before did not.
    @Test func revivesADeviceThatIsNeitherCameraNorOutput() throws {
        kernel.with { $0.formatErrors = [EINVAL] }
        let device = try open()
        let result = try write(device)
        #expect(result == .written)
        #expect(kernel.with { $0.opened == 2 && $0.closed == 1 && $0.declared == 2 })
    }

    struct Refusal: Sendable {
        let line: String
        let play: @Sendable (inout PlayedKernel.State) -> Void

        init(_ line: String, _ play: @escaping @Sendable (inout PlayedKernel.State) -> Void) {
            self.line = line
            self.play = play
        }

        static let mjpeg: UInt32 = 0x4750_4A4D

        static let all = [
            Refusal("there is no such device; load the module: sudo modprobe v4l2loopback exclusive_caps=1 video_nr=9")
            {
                $0.openErrors = [ENOENT]
            },
            Refusal("there is no such device; load the module") { $0.openErrors = [ENODEV] },
            Refusal("there is no such device; there is /dev/video8, /dev/video12") {
                $0.openErrors = [ENOENT]
                $0.devices = ["/dev/video8", "/dev/video12"]
            },
            Refusal("you may not open it: Permission denied; join the video group") { $0.openErrors = [EACCES] },
            Refusal(
                "another program is already sending pictures to it (open in obs (42)): Device or resource busy; end"
            ) {
                $0.openErrors = [EBUSY]
                $0.holders = ["obs (42)"]
            },
            Refusal("another program is already sending pictures to it: Device or resource busy; end") {
                $0.formatErrors = [EBUSY]
            },
            Refusal("another program is already sending pictures to it (open in obs (42), firefox (43)): ") {
                $0.formatErrors = [EINVAL, EINVAL]  // what exclusive_caps makes of busy
                $0.holders = ["obs (42)", "firefox (43)"]
            },
            Refusal("the loopback camera accepts no format: Invalid argument; another program may be") {
                $0.formatErrors = [EINVAL, EINVAL]
            },
            Refusal("it is not a V4L2 device: Inappropriate ioctl for device; name a device") { $0.driver = nil },
            Refusal("it is not a loopback camera: its driver is uvcvideo; name a device") { $0.driver = "uvcvideo" },
            Refusal("it is not a loopback camera: its driver is uvcvideo; there is /dev/video8") {
                $0.driver = "uvcvideo"
                $0.devices = ["/dev/video8"]
            },
            Refusal("it insists on MJPG pictures; puppet writes YUYV and YU12; end the programs") {
                $0.answer = keeping(640, 480, mjpeg)
            },
            Refusal("it insists on pictures of 853x480; puppet writes even sizes; end") {
                $0.answer = keeping(853, 480)
            },
            Refusal("it insists on pictures of 640x481; puppet writes even sizes; end") {
                $0.answer = keeping(640, 481)
            },
            Refusal("it insists on pictures of 0x480; puppet writes even sizes; end") { $0.answer = keeping(0, 480) },
            Refusal("its buffers have 614399 bytes, 614400 are needed for 640x480; end") {
                $0.answer = keeping(640, 480, imageSize: 614_399)
            },
            Refusal("its rows have 1279 bytes, 1280 are needed for 640x480; end") {
                $0.answer = keeping(640, 480, bytesPerLine: 1279)
            },
        ]
    }

    @Test(arguments: Refusal.all.indices) func refusesWithOneLine(_ index: Int) {
        let refusal = Refusal.all[index]
        kernel.with { refusal.play(&$0) }
        let line = failureLine { _ = try layout() }
        #expect(line?.hasPrefix("/dev/video9: \(refusal.line)") == true, "\(line ?? "no error")")
        #expect(line?.contains("\n") == false)
        #expect(kernel.with { $0.opened == $0.closed }, "the device was left open")
    }

    @Test func refusesWhatIsNoDeviceOfTheRealKernel() throws {
        let folder = try TemporaryFolder()
        try writeFile([1, 2, 3], to: folder.path("file"))
        let expected = [
            "/dev/null": "it is not a V4L2 device: Inappropriate ioctl for device",
            folder.path("file"): "it is not a V4L2 device: Inappropriate ioctl for device",
            folder.path(""): "it is not a V4L2 device but a folder",
            folder.path("missing"):
                "there is no such device; load the module: sudo modprobe v4l2loopback exclusive_caps=1",
        ]
        for (path, line) in expected {
            let actual = failureLine {
                _ = try LoopbackDevice(opening: path, size: size, rate: FrameRate(30), .live).layout
            }
            #expect(actual?.hasPrefix("\(path): \(line)") == true, "\(actual ?? "no error")")
        }
        #expect(try readFile(folder.path("file")) == [1, 2, 3])
    }

    @Test func oneIsNoOtherProgramThatHasItOpen() throws {
        let file = try OwnedDescriptor(reading: "/dev/full")
        let own = "(\(getpid()))"
        #expect(DeviceUsers().of("/dev/full").contains { $0.description.hasSuffix(own) }, "\(file.rawValue)")
        #expect(!LoopbackSystem.live.holders("/dev/full").contains { $0.hasSuffix(own) })
    }

    @Test func signalsInterruptNothing() throws {
        kernel.with {
            $0.openErrors = [EINTR, EINTR]
            $0.formatErrors = [EINTR]
            $0.writes = [.error(EINTR), .error(EINTR)]
        }
        let device = try open()
        let result1 = try write(device)
        #expect(result1 == .written)
        #expect(kernel.pictures.count == 1 && kernel.with { $0.attempts } == 3)
    }

    private func write(_ device: LoopbackDevice) throws -> VirtualCameraWriting {
        let picture = UnsafeMutableRawBufferPointer.allocate(byteCount: device.layout.byteCount, alignment: 1)
        defer { picture.deallocate() }
        for index in picture.indices { picture[index] = UInt8(truncatingIfNeeded: index / 7) }
        return try device.write(UnsafeRawBufferPointer(picture), sequence: 0)
    }

    /// Every call of write(2) is a picture to the driver: the rest of one must never be sent alone.
    @Test func aShortWriteIsFollowedByTheWholePicture() throws {
        let device = try open()
        kernel.with { $0.writes = [.short(100)] }
        let result2 = try write(device)
        #expect(result2 == .written)
        let result3 = try write(device)
        #expect(result3 == .written)
        let pictures = kernel.pictures
        #expect(pictures.map(\.bytes.count) == [100, 6144, 6144])
        #expect(pictures[1].bytes == pictures[2].bytes, "sheared")
    }

    @Test func aDeviceThatIsFullTakesNothing() throws {
        let device = try open()
        kernel.with { $0.writes = [.error(EAGAIN)] }
        let result4 = try write(device)
        #expect(result4 == .full)
        #expect(kernel.pictures.isEmpty)
        let result5 = try write(device)
        #expect(result5 == .written)
    }

    @Test(
        arguments: [
            (
                [.short(100), .short(100)],
                "the loopback camera took 100 of the 6144 bytes of a picture; another program"
            ),
            ([.short(0), .short(0)], "the loopback camera took 0 of the 6144 bytes of a picture; another program"),
            ([.error(ENODEV)], "the loopback camera has gone: No such device; load"),
            ([.error(EIO)], "the loopback camera takes no pictures any more: Input/output error"),
        ] as [([PlayedKernel.Outcome], String)])
    func failedWritesAreErrors(_ outcomes: [PlayedKernel.Outcome], _ line: String) throws {
        do {
            let device = try open()
            kernel.with { $0.writes = outcomes }
            let actual = failureLine { _ = try write(device) }
            #expect(actual?.hasPrefix("/dev/video9: \(line)") == true, "\(actual ?? "no error")")
        }
        #expect(kernel.with { $0.opened == 1 && $0.closed == 1 })
    }
}
