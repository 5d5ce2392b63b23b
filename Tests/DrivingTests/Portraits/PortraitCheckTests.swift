import Assets
import Frames
import System
import TestSupport
import Testing

@testable import Driving

/// What `puppet check` remarks on: the bundled portrait, spoilt in one way at a time.
@Suite("How good an avatar a picture makes")
struct PortraitCheckTests {
    private let portrait: PixelBuffer
    private let check: PortraitCheck

    init() throws {
        portrait = try EmbeddedAssets.portrait()
        check = try PortraitCheck(threads: 2)
    }

    private func remarks(_ picture: PixelBuffer) throws -> [PortraitRemark] {
        try check.examine(picture, name: "picture", AvatarFraming()).findings.remarks
    }

    private func recoloured(_ change: (Int, Double) -> Double) -> PixelBuffer {
        PixelBuffer(portrait.size) { x, y in
            let pixel = portrait.pixel(x, y).map { UInt8(min(255, max(0, change(x, Double($0))))) }
            return (pixel[0], pixel[1], pixel[2])
        }
    }

    @Test("the bundled portrait smiles, and there is nothing else to say") func goodPicture() throws {
        #expect(try remarks(portrait) == [.mouthOpen])
    }

    @Test("light") func light() throws {
        #expect(try remarks(recoloured { 0.25 * $1 }).contains(.dark))
        #expect(try remarks(recoloured { 190 + 0.25 * $1 }).contains(.bright))
        #expect(try remarks(recoloured { x, level in x < 248 ? 0.3 * level : level }).contains(.oneSided))
    }

    @Test("sharpness and size") func sharpness() throws {
        let small = portrait.reduced(by: 8)
        #expect(try remarks(small).contains(.small))
        let fit = SquareFit(from: small.size, side: 512)
        let blown = PixelBuffer(size: FrameSize(square: 512)) { fit(small, into: $0) }
        #expect(try remarks(blown).contains(.blurred))
        #expect(try !remarks(blown).contains(.small))
    }

    @Test("no face") func noFace() throws {
        #expect(try remarks(.smooth(FrameSize(square: 300))).contains(.noFace))
    }

    @Test("a face that reaches the edge") func cutOff() throws {
        let square = FrameSquare(x: 112, y: 100, side: 290, in: portrait.size)
        let fit = SquareFit(from: portrait.size, side: 300, square: square)
        let close = PixelBuffer(size: FrameSize(square: 300)) { fit(portrait, into: $0) }
        #expect(try remarks(close).contains(.cutOff))
    }

    @Test("the sheet shows the picture beside what is cut out of it") func sheet() throws {
        let size = FrameSize(width: 800, height: 400)
        var page = AlbumPage(.smooth(size))
        page.stick(portrait, at: FrameSquare(x: 500, y: 50, side: 300, in: size))
        var sheet = PortraitSheet()
        sheet.add(try check.examine(page.picture, name: "page", AvatarFraming()).sheet)
        let folder = try TemporaryFolder()
        try sheet.write(to: folder.path("sheet.png"))
        let written = try ImageFile.read(folder.path("sheet.png"))
        #expect(written.size == FrameSize(width: 512, height: 256))
        let outline = (0..<256).count { written.pixel($0, 60) == [64, 255, 64] }
        #expect(outline >= 2, "both sides of the square")
    }

    @Test("the report keeps the order, and what could not be read") func report() throws {
        var report = PortraitReport()
        let findings = try check.examine(portrait, name: "a.png", AvatarFraming()).findings
        report.add("a.png", .success(findings))
        report.add("b.png", .failure(FrameError(.empty, "b.png", "the file is empty (0 bytes)")))
        #expect(
            report.table == """
                a.png: 512x512, 1 face, looks at 0,0,512
                  the mouth is open: it will close badly; take one with the lips together
                b.png: the file is empty (0 bytes)
                """)
        #expect((report.firstError as? FrameError)?.code == .empty)
        #expect(try report.json().contains(#""sharpness""#))
    }
}
