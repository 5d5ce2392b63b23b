import CV4L2
import Foundation
import Frames
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite("The list of cameras")
struct CameraListTests {
    /// A folder to stand for /dev, with these video nodes in it.
    private func devices(_ names: String...) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in names { try Data().write(to: folder.url.appendingPathComponent(name)) }
        return folder
    }

    private func list(_ devices: borrowing TemporaryFolder, _ kernel: PlayedKernel, processes: String = "/none")
        -> [CameraInfo]
    {
        CameraList(devices: devices.url.path, processes: processes, kernel.system).all()
    }

    @Test func listsVideoNodesByNumber() throws {
        let folder = try devices("video10", "video2", "video", "videoX", "vbi0", "video0")
        let cameras = list(folder, PlayedKernel())
        let expected = ["video0", "video2", "video10"].map { folder.path($0) }
        #expect(cameras.map(\.path) == expected)
        #expect(CameraList(devices: "/none", processes: "/none", .live).all().isEmpty)
    }

    @Test(
        arguments: [
            (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING, "uvcvideo", .camera),
            (V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING, "uvcvideo", .other),
            (V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING, "vivid", .other),
            (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING, "vicodec", .other),
            (V4L2_CAP_VIDEO_CAPTURE, "old", .other),
            (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING, "v4l2 loopback", .loopback),
            (V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING, "v4l2 loopback", .loopback),
        ] as [(Int32, String, CameraInfo.Kind)])
    func tellsKindsApart(_ flags: Int32, _ driver: String, _ kind: CameraInfo.Kind) throws {
        let kernel = PlayedKernel()
        (kernel.flags, kernel.driver) = (UInt32(flags), driver)
        let folder = try devices("video0")
        let cameras = list(folder, kernel)
        #expect(cameras.map(\.kind) == [kind])
    }

    @Test func encodesAsJSON() throws {
        let kernel = PlayedKernel()
        kernel.formats = [
            PlayedKernel.Format(
                code: FourCC("YUYV"),
                sizes: [
                    SizeOffer(FrameSize(width: 640, height: 480), .listed([FrameRate(30), FrameRate(15, over: 2)]))
                ]),
            PlayedKernel.Format(
                code: FourCC("NV12"),
                sizes: [
                    SizeOffer(
                        from: FrameSize(width: 16, height: 8), to: FrameSize(width: 64, height: 48), stepWidth: 2,
                        stepHeight: 2, .between(slowest: FrameRate(1), fastest: FrameRate(60)))
                ]),
        ]
        kernel.controls.all = PlayedControls.usual.filter { $0.name.hasPrefix("P") || $0.name.hasPrefix("E") }
        kernel.controls.failing[PUPPET_VIDIOC_G_CTRL] = [EACCES]
        let folder = try devices("video0")
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let cameras = list(folder, kernel)
        let path = folder.path("video0")
        let text = String(decoding: try encoder.encode(cameras), as: UTF8.self)
        let formats = """
            [{"description":"As played","pixel_format":"YUYV",\
            "sizes":[{"frame_rates":[30,7.5],"height":480,"width":640}]},\
            {"description":"As played","pixel_format":"NV12","sizes":[{"any_rate_between":true,"frame_rates":[1,60],\
            "height":48,"least_height":8,"least_width":16,"width":64}]}]
            """
        let controls = """
            [{"default":0,"is_inactive":false,"kind":"menu","maximum":2,"minimum":0,"name":"power_line_frequency",\
            "step":1},{"default":3,"is_inactive":true,"kind":"integer","maximum":2047,"minimum":3,\
            "name":"exposure_time_absolute","step":1,"value":250}]
            """
        #expect(
            text == """
                [{"bus_info":"usb-1","card":"Played camera","controls":\(controls),"driver":"played","formats":\(formats),\
                "id":"usb-1 Played camera","is_busy":false,"kind":"camera","path":"\(path)","users":[]}]
                """)
        #expect(kernel.violations.isEmpty && !kernel.isOpen)
    }

    @Test(
        arguments: [(["GREY"], true), (["GREY", "YUYV"], false), (["Y16 ", "GREY"], true), ([], false)]
            as [([StaticString], Bool)])
    func tellsWhatSeesNoColor(_ codes: [StaticString], _ isGrey: Bool) throws {
        let kernel = PlayedKernel()
        kernel.formats = codes.map {
            PlayedKernel.Format(
                code: FourCC($0), sizes: [SizeOffer(FrameSize(width: 640, height: 480), .listed([FrameRate(30)]))])
        }
        let folder = try devices("video0")
        let cameras = list(folder, kernel)
        #expect(cameras.map(\.isGrey) == [isGrey])
    }

    @Test func prefersTheStableLink() throws {
        let folder = try devices("video0")
        let links = folder.url.appendingPathComponent("v4l/by-id")
        try FileManager.default.createDirectory(at: links, withIntermediateDirectories: true)
        let link = links.appendingPathComponent("usb-ACME_Camera-video-index0").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../../video0")
        let cameras = list(folder, PlayedKernel())
        #expect(cameras.map(\.id) == [link])
    }

    @Test func findsACameraAgain() throws {
        let folder = try devices("video0", "video3")
        let link = folder.path("by-path")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "video3")
        let kernel = PlayedKernel()
        let cameras = CameraList(devices: folder.url.path, processes: "/none", kernel.system)
        #expect(cameras.id(of: link) == "usb-1 Played camera")
        #expect(cameras.path(of: "usb-1 Played camera") == folder.path("video0"), "the first that it may be")
        #expect(cameras.path(of: "usb-2 Played camera") == nil && cameras.id(of: folder.path("video1")) == nil)
        kernel.flags = UInt32(V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING)
        #expect(cameras.path(of: "usb-1 Played camera") == nil, "a camera's other node has the same name")
        kernel.openResult = -ENOENT
        #expect(cameras.path(of: "usb-1 Played camera") == nil, "gone in between")
        #expect(kernel.violations.isEmpty && !kernel.isOpen, "\(kernel.violations)")
    }

    @Test func findsACameraByNumberAndName() throws {
        let folder = try devices("video0", "video3")
        let cameras = CameraList(devices: folder.url.path, processes: "/none", PlayedKernel().system)
        #expect(cameras.path(named: "3") == folder.path("video3"))
        #expect(cameras.path(named: "7") == folder.path("video7"), "whoever opens it says that it is not there")
        #expect(cameras.path(named: "Played camera") == folder.path("video0"))
        #expect(cameras.path(named: "PLAYED") == folder.path("video0"))
        #expect(cameras.path(named: "clip.mp4") == nil && cameras.path(named: "") == nil)
    }

    @Test func saysWhatIsWrongWithOne() throws {
        let kernel = PlayedKernel()
        kernel.openResult = -EACCES
        let folder = try devices("video0")
        let path = folder.path("video0")
        let cameras = list(folder, kernel)
        let refused = try #require(cameras.first)
        #expect(refused.problem?.description.contains("video group") == true, "\(refused)")
        #expect(refused.id == path && refused.kind == .other)

        let busy = PlayedKernel()
        busy.failing[PUPPET_VIDIOC_REQBUFS] = EBUSY
        let used = list(folder, busy)
        #expect(used.map(\.isBusy) == [true])
    }
}
