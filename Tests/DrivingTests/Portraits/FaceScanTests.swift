import Assets
import FOMMCore
import Frames
import System
import TestSupport
import Testing

@testable import Driving

/// The bundled portrait stuck onto pages, found by the bundled model.
@Suite("Faces in a picture")
struct FaceScanTests {
    private let portrait: PixelBuffer
    private let detector: FrameDetector

    init() throws {
        portrait = try EmbeddedAssets.portrait()
        detector = FrameDetector(try FOMMModel(EmbeddedAssets.model), threads: 2)
    }

    private static let tall = FrameSize(width: 600, height: 1100)
    private static let wide = FrameSize(width: 1500, height: 700)

    @Test(
        "wherever it is, and however small",
        arguments: [
            FrameSquare(x: 0, y: 0, side: 420, in: tall), FrameSquare(x: 190, y: 690, side: 410, in: tall),
            FrameSquare(x: 40, y: 300, side: 150, in: tall), FrameSquare(x: 1080, y: 280, side: 420, in: wide),
            FrameSquare(x: 100, y: 20, side: 160, in: wide),
        ]) func findsTheFace(_ square: FrameSquare) throws
    {
        let size = square.isInside(Self.tall) ? Self.tall : Self.wide
        var page = AlbumPage(.smooth(size))
        page.stick(portrait, at: square)
        let avatar = try AvatarReader(detector).avatar(page.picture, name: "page", AvatarFraming())
        #expect(avatar.view.square.isNear(square), "\(avatar.view.square) for \(square)")
        #expect(avatar.view.notice(about: "page") == nil)
        let own = try AvatarReader(detector).avatar(portrait, name: "portrait", AvatarFraming())
        #expect(own.view.square == .centred(in: portrait.size), "what is framed well stays whole")
        #expect(avatar.context.keypoints.meanDistance(to: own.context.keypoints) < 0.08)
    }

    @Test("the larger of two faces, and the other one by its number") func choosesAmongFaces() throws {
        let (large, small) = (
            FrameSquare(x: 60, y: 200, side: 460, in: Self.wide), FrameSquare(x: 1000, y: 60, side: 300, in: Self.wide)
        )
        var page = AlbumPage(.smooth(Self.wide))
        page.stick(portrait, at: small)
        page.stick(portrait, at: large)
        let reader = AvatarReader(detector)
        func view(_ framing: AvatarFraming) throws -> AvatarView {
            try reader.view(of: page.picture, name: "page", framing)
        }
        #expect(try view(AvatarFraming()).square.isNear(large))
        #expect(try view(AvatarFraming(face: 2)).square.isNear(small))
        let notice = try view(AvatarFraming(face: 2)).notice(about: "page")
        #expect(notice?.contains("shows 2 faces") == true, "\(notice ?? "nothing")")
        // One after another, as a click asks for them.
        let folder = try TemporaryFolder()
        try PNGFile.write(page.picture.asFrame(), to: folder.path("page.png"))
        try PNGFile.write(portrait.asFrame(), to: folder.path("portrait.png"))
        let list = try AvatarList(folder.url.path)
        let shown = try [1, 2].map { try list.loadFace(0, after: $0, or: nil, reader) }
        #expect(shown.map(\.number) == [2, 1])
        #expect(shown[0].avatar.view.square.isNear(small) && shown[1].avatar.view.square.isNear(large))
        #expect(try list.loadFace(0, after: 2, or: 2, reader).avatar.view.square.isNear(small))
        let only = failureLine { _ = try list.loadFace(1, after: 1, or: nil, reader) }
        #expect(only?.hasSuffix("portrait.png: it shows one face only") == true, "\(only ?? "nothing")")
        let error = #expect(throws: PuppetError.self) { try view(AvatarFraming(face: 3)) }
        #expect(error?.description.contains("shows 2 faces, there is no face 3") == true)
    }

    @Test("no face: the middle, and a line that says so") func withoutAFace() throws {
        let view = try AvatarReader(detector).view(of: .smooth(Self.tall), name: "wall.png", AvatarFraming())
        #expect(view.square == .centred(in: Self.tall))
        #expect(view.notice(about: "wall.png")?.contains("no face found in it, so its middle is shown") == true)
    }

    @Test("a square that is asked for") func asked() throws {
        let reader = AvatarReader(detector)
        func view(_ crop: CropChoice) throws -> AvatarView {
            try reader.view(of: .smooth(Self.tall), name: "page", AvatarFraming(crop: crop))
        }
        #expect(try view(.center).square == .centred(in: Self.tall))
        let square = FrameSquare(x: 10, y: 20, side: 100, in: Self.tall)
        #expect(try view(.square(x: 10, y: 20, side: 100)).square == square)
        let error = #expect(throws: PuppetError.self) { try view(.square(x: 550, y: 0, side: 100)) }
        #expect(error?.description.hasPrefix("--avatar-crop 550,0,100: is not inside the picture of 600x1100") == true)
    }

    @Test("a model whose keypoints have no names asks the bundled one") func unnamedModel() throws {
        let square = FrameSquare(x: 900, y: 100, side: 400, in: Self.wide)
        var page = AlbumPage(.smooth(Self.wide))
        page.stick(portrait, at: square)
        let reader = AvatarReader(FrameDetector(try TestModel.tiny(), threads: 1))
        #expect(try reader.view(of: page.picture, name: "page", AvatarFraming()).square.isNear(square))
    }
}
