import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("Y4M headers")
struct Y4MHeaderTests {
    private func line(_ header: String) -> String? { failureLine { _ = try Y4MHeader(header, name: "clip.y4m") } }

    @Test func readsEveryTag() throws {
        let header = try Y4MHeader(
            "YUV4MPEG2 W640 H480 F30000:1001 Ip A1:1 C422 XYSCSS=422 XCOLORRANGE=FULL", name: "clip.y4m")
        #expect(header.size == FrameSize(width: 640, height: 480))
        #expect(header.rate == FrameRate(30000, over: 1001))
        #expect(header.layout == .full422)
        #expect(header.isFullRange)
        #expect(header.hasSquarePixels)
        #expect(try !Y4MHeader("YUV4MPEG2 W720 H576 A16:11", name: "clip.y4m").hasSquarePixels)
    }

    @Test(arguments: [
        "YUV4MPEG2 W4 H2", "YUV4MPEG2 H2 W4 F0:0 I? A0:0", "YUV4MPEG2 W4 H2 F25:1 C420jpeg XCOLORRANGE=LIMITED",
    ])
    func assumesWhatIsNotSaid(_ text: String) throws {
        let header = try Y4MHeader(text, name: "clip.y4m")
        #expect(header.rate == FrameRate(25) && header.layout == .jpeg420 && !header.isFullRange, "\(text)")
    }

    @Test(arguments: [
        ("YUV4MPEG W4 H4", "not a Y4M stream"),
        ("YUV4MPEG2", "it has no width (W)"),
        ("YUV4MPEG2 W4", "it has no height (H)"),
        ("YUV4MPEG2 W0 H4", "it says 0x4"),
        ("YUV4MPEG2 W-4 H4", "W-4 is not a number"),
        ("YUV4MPEG2 W+4 H4", "W+4 is not a number"),
        ("YUV4MPEG2 W4x H4", "W4x is not a number"),
        ("YUV4MPEG2 W H4", "W is not a number"),
        ("YUV4MPEG2 W99999999999999999999 H4", "is not a number of at most nine digits"),
        ("YUV4MPEG2 W20000 H20000", "its frames are 20000x20000, more than 64 megapixels"),
        ("YUV4MPEG2 W999999999 H999999999", "more than 64 megapixels"),
        ("YUV4MPEG2 W4 H4 F25", "F25 is not a ratio"),
        ("YUV4MPEG2 W4 H4 F25:0", "F25:0 has a zero in it"),
        ("YUV4MPEG2 W4 H4 F25:1:1", "F25:1:1 is not a ratio"),
        ("YUV4MPEG2 W4 H4 It", "interlaced video (It) is not supported"),
        ("YUV4MPEG2 W4 H4 Im", "interlaced video (Im) is not supported"),
        ("YUV4MPEG2 W4 H4 Iq", "Iq is no interlacing that Y4M knows"),
        ("YUV4MPEG2 W4 H4 C420p10", "the pixel format C420p10 is not supported"),
        ("YUV4MPEG2 W4 H4 C411", "the pixel format C411 is not supported"),
        ("YUV4MPEG2 W4 H4 C444alpha", "the pixel format C444alpha is not supported"),
        ("YUV4MPEG2 W4 H4 XCOLORRANGE=SOME", "XCOLORRANGE=SOME is neither FULL nor LIMITED"),
        ("YUV4MPEG2 W4 H4 Q7", "a tag that Y4M does not know: Q7"),
    ])
    func refuses(_ header: String, _ expected: String) {
        let line = line(header)
        #expect(line?.hasPrefix("clip.y4m: ") == true && line?.contains(expected) == true, "\(line ?? "no error")")
    }
}
