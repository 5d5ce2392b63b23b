import CV4L2
import Dispatch
import Frames
import Glibc
import TestSupport
import Testing

@testable import Capture
@testable import System

@Suite("A camera, the kernel played")
struct CameraTests {
    private static let size = FrameSize(width: 4, height: 2)

    private static func picture(
        _ value: UInt8 = 126, flags: Int32 = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, bytesUsed: UInt32? = nil,
        stamp: UInt64? = nil, sequence: UInt32? = nil
    ) -> PlayedKernel.Event {
        .picture(
            PlayedKernel.Picture(
                bytes: Array(repeating: value, count: size.pixelCount), flags: UInt32(flags), bytesUsed: bytesUsed,
                stamp: stamp, sequence: sequence))
    }

    private func open(_ kernel: PlayedKernel, _ size: FrameSize = size) throws -> Camera {
        try Camera(path: "/dev/video9", size: size, rate: FrameRate(10), kernel.system)
    }

    /// Plays to the end of the events, or to an error, which it returns with the frames before it.
    private func play(_ events: [PlayedKernel.Event]) throws -> (
        kernel: PlayedKernel, frames: [Frame], counts: CameraCounts, error: CaptureError?
    ) {
        let kernel = PlayedKernel(events)
        let camera = try open(kernel)
        var frames: [Frame] = []
        var failure: CaptureError?
        do {
            while !kernel.events.isEmpty { frames.append(try #require(try camera.next())) }
        } catch let error as CaptureError {
            failure = error
        }
        return (kernel, frames, camera.counts, failure)
    }

    private func expectAllReturned(_ kernel: PlayedKernel, _ comment: Comment) {
        #expect(kernel.requeued == kernel.dequeued, comment)
        #expect(kernel.violations.isEmpty, "\(comment): \(kernel.violations)")
        #expect(!kernel.isOpen && !kernel.isStreaming && kernel.mapped == 0, "\(comment): left open")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: @Sendable () -> [PlayedKernel.Event]
        let frames: Int
        var counts = CameraCounts()
        var error: CaptureErrorCode?

        init(
            _ name: String, _ events: @autoclosure @escaping @Sendable () -> [PlayedKernel.Event], frames: Int,
            error: CaptureErrorCode? = nil, _ count: (inout CameraCounts) -> Void = { _ in }
        ) {
            testDescription = name
            self.events = events
            self.frames = frames
            self.error = error
            count(&counts)
        }
    }

    private static let cases = [
        Case("nothing special", [picture(), picture(), picture(), picture(), picture(), picture()], frames: 6),
        Case("EINTR while waiting", [.pollFails(EINTR), .pollFails(EINTR), picture()], frames: 1),
        Case("EAGAIN while waiting", [.pollFails(EAGAIN), picture()], frames: 1),
        Case("EINTR while fetching", [.dequeueFails(EINTR), picture()], frames: 1),
        Case("EAGAIN while fetching", [.dequeueFails(EAGAIN), .dequeueFails(EAGAIN), picture()], frames: 1),
        Case("EINTR while giving back", [picture(), .requeueFails(EINTR), picture()], frames: 2),
        Case("flagged as damaged", [picture(flags: 0x2040), picture(), picture(flags: 0x2040), picture()], frames: 2) {
            $0.damaged = 2
        },
        Case(
            "more damaged ones than buffers", Array(repeating: picture(flags: 0x2040), count: 9) + [picture()],
            frames: 1
        ) { $0.damaged = 9 },
        Case("empty", [picture(bytesUsed: 0), picture()], frames: 1) { $0.tooShort = 1 },
        Case("a byte short", [picture(bytesUsed: 7), picture()], frames: 1) { $0.tooShort = 1 },
        Case("more than the buffer", [picture(bytesUsed: 1 << 20), picture()], frames: 1) { $0.damaged = 1 },
        Case("padded at the end", [picture(bytesUsed: 60)], frames: 1),
        Case("silence that is not too long", [picture(), .silence(milliseconds: 2900), picture()], frames: 2),
        Case("a slow start", [.silence(milliseconds: 7900), picture()], frames: 1),
        Case("no start", [.silence(milliseconds: 8100), picture()], frames: 0, error: .stalled),
        Case("a stall", [picture(), .silence(milliseconds: 3100), picture()], frames: 1, error: .stalled),
        Case("EIO", [picture(), .dequeueFails(EIO), picture()], frames: 1, error: .unplugged),
        Case("ENODEV", [picture(), .dequeueFails(ENODEV)], frames: 1, error: .unplugged),
        Case("ENODEV while waiting", [picture(), .pollFails(ENODEV)], frames: 1, error: .unplugged),
        Case("ENODEV while giving back", [picture(), .requeueFails(ENODEV), picture()], frames: 1, error: .unplugged),
        Case("hung up", [picture(), .pollSays(POLLERR | POLLHUP)], frames: 1, error: .unplugged),
        Case("EINVAL", [picture(), .dequeueFails(EINVAL)], frames: 1, error: .cannotRead),
        Case("frames missed", [picture(sequence: 5), picture(sequence: 6), picture(sequence: 10)], frames: 3) {
            $0.missed = 3
        },
    ]

    @Test(arguments: cases)
    func plays(_ played: Case) throws {
        let name = played.testDescription
        var result = Optional(try play(played.events()))
        #expect(result?.frames.count == played.frames, "\(name)")
        #expect(result?.frames.map(\.sequence) == Array(0..<played.frames), "\(name)")
        #expect(result?.counts == played.counts, "\(name)")
        #expect(result?.error?.code == played.error, "\(name): \(String(describing: result?.error))")
        for frame in result?.frames ?? [] { #expect(frame.pixels.bytes == Array(repeating: 128, count: 24), "\(name)") }
        let kernel = try #require(result?.kernel)
        result = nil
        expectAllReturned(kernel, "\(name)")
    }

    /// A stall is no end: what comes later is read.
    @Test func goesOnAfterAStall() throws {
        let kernel = PlayedKernel([Self.picture(), .silence(milliseconds: 3500), Self.picture()])
        let camera = try open(kernel)
        _ = try camera.next()
        #expect(throws: CaptureError.self) { try camera.next() }
        #expect(try camera.next()?.sequence == 1)
    }

    @Test func stoppingDoesNotWaitForAPicture() throws {
        let kernel = PlayedKernel([Self.picture(), .silence(milliseconds: 60_000)])
        let camera = try open(kernel)
        _ = try camera.next()
        let interrupt = camera.interrupt
        kernel.duringPoll = { interrupt() }
        #expect(try camera.next() == nil && camera.next() == nil)
    }

    /// The same with the real call: a pipe that nothing comes out of stands for the camera.
    @Test func aRealWaitIsInterrupted() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let interrupter = Interrupter()
        let begun = MonotonicTime.now
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { interrupter.interrupt() }
        #expect(V4L2System.live.poll(ends[0], 20_000, interrupter) == 0)
        #expect(MonotonicTime.now.milliseconds(since: begun) < 10_000 && interrupter.isInterrupted)
        #expect(V4L2System.live.poll(ends[0], 20_000, interrupter) == 0, "and from then on at once")
    }

    @Test func saysWhyNothingCame() throws {
        let silent = try play([Self.picture(), .silence(milliseconds: 3100)])
        #expect(
            silent.error?.description
                == "/dev/video9: no picture came for 3.0 seconds; unplug the camera and plug it in again")
        let kernel = PlayedKernel()
        kernel.driver = "v4l2 loopback"
        kernel.forever = PlayedKernel.Picture(bytes: [1], bytesUsed: 0)
        let camera = try open(kernel)
        let error = #expect(throws: CaptureError.self) { try camera.next() }
        #expect(error?.code == .stalled)
        #expect(error?.detail.hasPrefix("none of ") == true, "\(String(describing: error))")
        #expect(error?.hint == "see whether the program that writes to it still does")
    }

    /// The played clock stands at 1000 s and goes on by 1 ms a picture.
    @Test(
        arguments: [
            ("in order", [999_900_000_000, 999_933_000_000], [999_900_000_000, 999_933_000_000], 0),
            ("the same twice", [999_900_000_000, 999_900_000_000], [999_900_000_000, 999_900_000_001], 1),
            ("backwards", [999_900_000_000, 999_800_000_000], [999_900_000_000, 999_900_000_001], 1),
            ("in the future", [2_000_000_000_000, 999_999_000_000], [1_000_001_000_000, 1_000_001_000_001], 2),
        ] as [(String, [UInt64], [UInt64], Int)])
    func timesAlwaysGrow(_ name: String, _ stamps: [UInt64], _ expected: [UInt64], _ restamped: Int) throws {
        let result = try play(stamps.map { Self.picture(stamp: $0) })
        #expect(result.frames.map(\.captured.nanoseconds) == expected, "\(name)")
        #expect(result.counts.restamped == restamped, "\(name)")
    }

    @Test func anotherClockIsNotTakenForOurs() throws {
        let result = try play([Self.picture(flags: V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN, stamp: 1_700_000_000_000_000_000)])
        #expect(result.frames.map(\.captured.nanoseconds) == [1_000_001_000_000])
        #expect(result.counts.restamped == 1)
    }

    @Test(arguments: [(0, false), (1, false), (2, true), (3, true), (4, true)] as [(UInt32, Bool)])
    func refusesFewerThanTwoBuffers(_ count: UInt32, _ works: Bool) throws {
        let kernel = PlayedKernel([Self.picture()])
        kernel.bufferCount = count
        do {
            #expect(try open(kernel).next() != nil)
            #expect(works)
        } catch let error as CaptureError {
            #expect(!works && error.code == .notSupported, "\(error)")
        }
        expectAllReturned(kernel, "\(count) buffers")
    }

    @Test func obeysAnotherSizeFormatAndStride() throws {
        let kernel = PlayedKernel([
            .picture(PlayedKernel.Picture(bytes: [235, 128, 235, 128, 9, 9, 235, 128, 235, 128, 9, 9]))
        ])
        kernel.adjust = { answer in
            (answer.width, answer.height, answer.bytesperline) = (2, 2, 6)
            answer.pixelformat = CameraFormat.yuyv.code.code
        }
        let camera = try open(kernel)
        #expect(camera.size == FrameSize(square: 2))
        #expect(camera.format == "YUYV")
        #expect(try camera.next()?.pixels.bytes == Array(repeating: 255, count: 12))
    }

    @Test(arguments: [("H264", 4), ("GREY", 0), ("GREY", 1 << 30)] as [(StaticString, UInt32)])
    func refusesAnAnswerItCannotRead(_ code: StaticString, _ width: UInt32) throws {
        let kernel = PlayedKernel()
        kernel.adjust = { ($0.pixelformat, $0.width) = (FourCC(code).code, width) }
        let error = #expect(throws: CaptureError.self) { try open(kernel) }
        #expect(error?.code == .notSupported)
        expectAllReturned(kernel, "\(code)")
    }

    @Test func takesTheRateThatTheCameraSays() throws {
        let kernel = PlayedKernel()
        kernel.rate = v4l2_fract(numerator: 1001, denominator: 15000)
        #expect(try open(kernel).frameRate == FrameRate(15000, over: 1001))
        kernel.rate = nil
        #expect(try open(kernel).frameRate == FrameRate(10))
        kernel.rate = v4l2_fract(numerator: 0, denominator: 0)
        #expect(try open(kernel).frameRate == FrameRate(10))
    }

    @Test func damagedMotionJPEGIsSkipped() throws {
        let size = FrameSize(width: 32, height: 16)
        let good = JPEGBuilder.encode(.smooth(size))
        let other = JPEGBuilder.encode(.smooth(FrameSize(square: 16)))
        let kernel = PlayedKernel(
            [Array(good.prefix(good.count / 2)), [1, 2, 3, 4, 5, 6, 7, 8], other, good].map {
                .picture(PlayedKernel.Picture(bytes: $0))
            })
        kernel.formats = [PlayedKernel.Format(code: FourCC("MJPG"))]
        var camera = Optional(try open(kernel, size))
        let frame = try camera?.next()
        #expect(try #require(frame).pixels.maximumDifference(from: .smooth(size)) <= 4)
        #expect(camera?.counts.undecodable == 3)
        camera = nil
        expectAllReturned(kernel, "Motion JPEG")
    }

    @Test func libv4lConvertsWhatWeCannotRead() throws {
        let kernel = PlayedKernel([.picture(PlayedKernel.Picture(bytes: Array(repeating: 77, count: 24)))])
        kernel.formats = [PlayedKernel.Format(code: FourCC("pBAA"))]
        kernel.convertedFormats = [
            PlayedKernel.Format(code: FourCC("RGB3")), PlayedKernel.Format(code: FourCC("YU12")),
        ]
        let camera = try open(kernel)
        #expect(kernel.isConverting && camera.format == "RGB3")
        #expect(try camera.next()?.pixels.bytes == Array(repeating: 77, count: 24))
    }

    @Test func leavesLibv4lAloneOtherwise() throws {
        let kernel = PlayedKernel()
        _ = try open(kernel)
        #expect(!kernel.isConverting)
    }
}

@Suite("Cameras that cannot be had")
struct CameraOpeningTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: CaptureErrorCode
        let sentence: String
        let arrange: @Sendable (PlayedKernel) -> Void
    }

    private static let cases = [
        Case(testDescription: "missing", code: .missing, sentence: "there is no such camera") {
            $0.openResult = -ENOENT
        },
        Case(testDescription: "no permission", code: .noPermission, sentence: "video group") {
            $0.openResult = -EACCES
        },
        Case(testDescription: "gone", code: .unplugged, sentence: "the camera is gone") { $0.openResult = -ENODEV },
        Case(testDescription: "a folder", code: .notAVideoDevice, sentence: "folder") { $0.openResult = -EISDIR },
        Case(testDescription: "no V4L2", code: .notAVideoDevice, sentence: "not a video device") {
            $0.queryResult = -ENOTTY
        },
        Case(testDescription: "output", code: .notACamera, sentence: "gives no pictures") {
            $0.flags = UInt32(V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING)
        },
        Case(testDescription: "loopback", code: .notACamera, sentence: "once a program writes to it") {
            ($0.flags, $0.driver) = (UInt32(V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING), "v4l2 loopback")
        },
        Case(testDescription: "metadata", code: .notACamera, sentence: "gives no pictures") {
            $0.flags = UInt32(V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING)
        },
        Case(testDescription: "busy: format", code: .busy, sentence: "another program") {
            $0.failing[PUPPET_VIDIOC_S_FMT] = EBUSY
        },
        Case(testDescription: "busy: buffers", code: .busy, sentence: "another program") {
            $0.failing[PUPPET_VIDIOC_REQBUFS] = EBUSY
        },
        Case(testDescription: "busy: start", code: .busy, sentence: "another program") {
            $0.failing[PUPPET_VIDIOC_STREAMON] = EBUSY
        },
        Case(testDescription: "start", code: .cannotRead, sentence: "VIDIOC_STREAMON") {
            $0.failing[PUPPET_VIDIOC_STREAMON] = EPROTO
        },
        // What another program writes there cannot be unplugged.
        Case(
            testDescription: "start of a loopback", code: .cannotRead,
            sentence: "have the program that writes to it send YUYV"
        ) {
            $0.failing[PUPPET_VIDIOC_STREAMON] = EPROTO
            $0.driver = "v4l2 loopback"
        },
        Case(
            testDescription: "an exotic loopback", code: .notSupported,
            sentence: "have the program that writes to it send YUYV"
        ) {
            ($0.formats, $0.canConvert) = ([PlayedKernel.Format(code: FourCC("H264"))], false)
            $0.driver = "v4l2 loopback"
        },
        Case(testDescription: "exotic", code: .notSupported, sentence: "offers only H264") {
            ($0.formats, $0.canConvert) = ([PlayedKernel.Format(code: FourCC("H264"))], false)
        },
        Case(testDescription: "exotic also to libv4l", code: .notSupported, sentence: "offers only H264") {
            $0.formats = [PlayedKernel.Format(code: FourCC("H264"))]
        },
        Case(testDescription: "no formats", code: .notACamera, sentence: "gives no pictures") { $0.formats = [] },
        Case(testDescription: "a loopback's other kind", code: .notACamera, sentence: "once a program writes to it") {
            ($0.formats, $0.driver) = ([], "v4l2 loopback")
        },
    ]

    @Test(arguments: cases)
    func saysWhy(_ refused: Case) throws {
        let kernel = PlayedKernel()
        refused.arrange(kernel)
        let error = #expect(throws: CaptureError.self) {
            try Camera(path: "/dev/video9", size: FrameSize(square: 8), rate: FrameRate(10), kernel.system)
        }
        #expect(error?.code == refused.code, "\(String(describing: error))")
        let line = error?.description ?? ""
        #expect(line.hasPrefix("/dev/video9: ") && line.contains(refused.sentence) && !line.contains("\n"), "\(line)")
        #expect(kernel.violations.isEmpty && !kernel.isOpen && kernel.mapped == 0, "\(kernel.violations)")
    }

    @Test(arguments: [
        ("/dev/null", CaptureErrorCode.notAVideoDevice), ("/dev/video-none", .missing), ("/", .notAVideoDevice),
    ])
    func saysWhyOfRealFiles(_ path: String, _ code: CaptureErrorCode) {
        let error = #expect(throws: CaptureError.self) {
            try Camera(path: path, size: FrameSize(square: 8), rate: FrameRate(10))
        }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test func namesWhoIsUsingIt() {
        let busy = CaptureError.failed(.start, "/dev/video0", .resourceBusy)
        let users = [DeviceUser(process: 12, name: "zoom"), DeviceUser(process: 13, name: "firefox")]
        #expect(
            busy.naming(users).description
                == "/dev/video0: zoom (process 12) and 1 more is using the camera; close that program")
        #expect(busy.naming([]).description == busy.description)
    }
}
