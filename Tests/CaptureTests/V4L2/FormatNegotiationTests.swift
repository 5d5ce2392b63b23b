import Frames
import Testing

@testable import Capture

@Suite("Which of its formats a camera is asked for")
struct FormatNegotiationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let offers: [FormatOffer]
        let wanted: String
        let chosen: String?

        init(_ name: String, _ offers: [FormatOffer], _ wanted: String, _ chosen: String?) {
            (testDescription, self.offers, self.wanted, self.chosen) = (name, offers, wanted, chosen)
        }
    }

    /// As `640x480@30`; rates apart by commas, none at all for a driver that does not say.
    private static func offer(_ code: StaticString, _ sizes: String...) -> FormatOffer {
        FormatOffer(
            code: FourCC(code), summary: "",
            sizes: sizes.map { text in
                let (size, rates) = parse(text)
                return SizeOffer(size, rates.isEmpty ? .unknown : .listed(rates.map { FrameRate($0) }))
            })
    }

    private static func parse(_ text: String) -> (FrameSize, [Int]) {
        let parts = text.split { "x@,".contains($0) }.map { Int($0)! }
        return (FrameSize(width: parts[0], height: parts[1]), Array(parts.dropFirst(2)))
    }

    private static let usualWebcam = [
        offer("YUYV", "640x480@30,15", "320x240@30", "1280x720@10,5", "1920x1080@5"),
        offer("MJPG", "640x480@30", "320x240@30", "1280x720@30", "1920x1080@30"),
    ]
    private static let yuyvOnly = [offer("YUYV", "640x480@30", "1280x720@10", "1920x1080@5")]
    private static let mjpegOnlyInHD = [offer("YUYV", "640x480@30", "320x240@30"), offer("MJPG", "1280x720@30,60")]
    private static let loopback = [offer("YU12")]
    private static let isp = [
        FormatOffer(
            code: FourCC("NV12"), summary: "",
            sizes: [
                SizeOffer(
                    from: FrameSize(square: 16), to: FrameSize(width: 2592, height: 1944), stepWidth: 16, stepHeight: 2,
                    .between(slowest: FrameRate(1), fastest: FrameRate(60)))
            ])
    ]

    private static let cases = [
        Case("raw where it is as fast", usualWebcam, "640x480@30", "YUYV 640x480@30"),
        Case("Motion JPEG for HD", usualWebcam, "1280x720@30", "MJPG 1280x720@30"),
        Case("raw HD where that rate will do", usualWebcam, "1280x720@10", "YUYV 1280x720@10"),
        Case("the slowest that reaches the rate", usualWebcam, "640x480@15", "YUYV 640x480@15"),
        Case("rate before size", yuyvOnly, "1280x720@30", "YUYV 640x480@30"),
        Case("but not at any size", yuyvOnly, "1920x1080@30", "YUYV 1280x720@10"),
        Case("HD in Motion JPEG alone", mjpegOnlyInHD, "1280x720@30", "MJPG 1280x720@30"),
        Case("larger rather than too slow", mjpegOnlyInHD, "640x480@60", "MJPG 1280x720@60"),
        Case("the next larger size", usualWebcam, "800x600@30", "MJPG 1280x720@30"),
        Case("the largest there is", usualWebcam, "2560x1440@30", "MJPG 1920x1080@30"),
        Case("sizes that nobody lists", loopback, "640x480@30", "YU12 640x480@30"),
        Case("any size in steps", isp, "640x480@30", "NV12 640x480@30"),
        Case("steps are kept to", isp, "650x481@30", "NV12 656x482@30"),
        Case("up to the largest", isp, "4000x4000@90", "NV12 2592x1944@60"),
        Case(
            "colour before rate", [offer("GREY", "640x480@60"), offer("YUYV", "640x480@15")], "640x480@30",
            "YUYV 640x480@15"),
        Case("grey if need be", [offer("GREY", "640x480@60")], "640x480@30", "GREY 640x480@60"),
        Case(
            "by cost where all is equal",
            [
                offer("MJPG", "64x48@30"), offer("RGB3", "64x48@30"), offer("YU12", "64x48@30"),
                offer("NV12", "64x48@30"),
            ],
            "64x48@30", "NV12 64x48@30"),
        Case(
            "25 for 30 in raw loses to 30", [offer("YUYV", "64x48@25"), offer("MJPG", "64x48@30")], "64x48@30",
            "MJPG 64x48@30"),
        Case(
            "25 for 30 is worth its size", [offer("YUYV", "640x480@25", "320x240@30")], "640x480@30", "YUYV 640x480@25"),
        Case(
            "unreadable ones are passed over", [offer("H264", "640x480@30"), offer("YUYV", "320x240@5")], "640x480@30",
            "YUYV 320x240@5"),
        Case("nothing to read", [offer("H264", "640x480@30"), offer("pBAA", "640x480@30")], "640x480@30", nil),
        Case("nothing at all", [], "640x480@30", nil),
    ]

    @Test(arguments: cases)
    func chooses(_ camera: Case) {
        let (size, rates) = Self.parse(camera.wanted)
        let mode = FormatNegotiation(size: size, rate: FrameRate(rates[0])).best(of: camera.offers)
        #expect(mode.map { "\($0.format.code) \($0.size)@\($0.rate)" } == camera.chosen, "\(camera.testDescription)")
    }

    @Test func ntscRatesCount() {
        let offer = FormatOffer(
            code: FourCC("YUYV"), summary: "",
            sizes: [
                SizeOffer(
                    FrameSize(width: 640, height: 480),
                    .listed([FrameRate(60000, over: 1001), FrameRate(30000, over: 1001)]))
            ])
        let mode = FormatNegotiation(size: FrameSize(width: 640, height: 480), rate: FrameRate(30)).best(of: [offer])
        #expect(mode?.rate == FrameRate(30000, over: 1001))
    }
}

extension SizeOffer {
    /// One size alone.
    init(_ size: FrameSize, _ rates: RateOffer) {
        self.init(from: size, to: size, stepWidth: 1, stepHeight: 1, rates)
    }
}
