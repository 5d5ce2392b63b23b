import CAssets
import CSDL2
import Frames
import TestSupport
import Testing

@testable import Display

/// What a display with more pixels than units of its desktop shows: the same picture, drawn finer.
///
/// Drawn into memory: SDL's drivers without a display know no such scale.
extension WindowTests {
    private static let scenes: [(name: String, change: (inout WindowScene) -> Void)] = [
        ("help", { $0.view.showsHelp = true }),
        ("information", { ($0.view.showsInfo, $0.info) = (true, "pictures   24.8 fps\ndetect      4.1 ms") }),
        ("words", { $0.avatarMessage = WindowMessage("move closer, and sit as the avatar does") }),
        ("countdown", { $0.countdown = 3 }),
        ("real face", { $0.isRealFaceShown = true }),
        ("strip", { ($0.view.strip, $0.thumbnails) = (.avatars, [WindowThumbnail(picture: plain(0, 200, 0))]) }),
    ]

    /// What the painter makes of a scene, at so many pixels for each unit.
    private func painted(_ scene: WindowScene, units: FrameSize, scale: Int) throws -> PixelBuffer {
        let size = FrameSize(width: units.width * scale, height: units.height * scale)
        let surface = try #require(
            SDL_CreateRGBSurfaceWithFormat(
                0, CInt(size.width), CInt(size.height), 32, SDL_PIXELFORMAT_XRGB8888.rawValue))
        defer { SDL_FreeSurface(surface) }
        let renderer = try #require(SDL_CreateSoftwareRenderer(surface))
        defer { SDL_DestroyRenderer(renderer) }
        SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND)
        // Its textures go before the renderer does.
        do {
            var painter = try ScenePainter(renderer, fontBytes: font)
            painter.draw(scene, surface: size, scale: Double(scale), flash: 0)
        }
        return PixelBuffer(size: size) { bytes in
            SDL_RenderReadPixels(
                renderer, nil, SDL_PIXELFORMAT_RGB24.rawValue, bytes.baseAddress, CInt(3 * size.width))
        }
    }

    /// The smallest rectangle about all pixels that differ, in units.
    private func changed(_ first: PixelBuffer, _ second: PixelBuffer, scale: Int) -> (x: Range<Int>, y: Range<Int>)? {
        let (width, height) = (first.size.width, first.size.height)
        return first.withBytes { first in
            second.withBytes { second in
                func differs(_ x: Int, _ y: Int) -> Bool {
                    let at = 3 * (y * width + x)
                    return (at..<at + 3).contains { abs(Int(first[$0]) - Int(second[$0])) > 8 }
                }
                let rows = (0..<height).filter { y in (0..<width).contains { differs($0, y) } }
                let columns = (0..<width).filter { x in rows.contains { differs(x, $0) } }
                guard let top = rows.first, let left = columns.first else { return nil }
                return (left / scale..<columns.last! / scale + 1, top / scale..<rows.last! / scale + 1)
            }
        }
    }

    @Test(arguments: [2, 3]) func onAFinerDisplayAllIsAsLarge(_ scale: Int) throws {
        for units in [FrameSize(width: 1024, height: 512), FrameSize(width: 300, height: 150)] {
            var bare = WindowScene()
            (bare.view.panes, bare.view.showsGuide) = (.both, false)
            (bare.preview, bare.avatar) = (plain(0, 80, 0), plain(0, 0, 80))
            let grounds = [try painted(bare, units: units, scale: 1), try painted(bare, units: units, scale: scale)]
            for (name, change) in Self.scenes {
                var scene = bare
                change(&scene)
                let coarse = try painted(scene, units: units, scale: 1)
                let fine = try painted(scene, units: units, scale: scale)
                if let folder = Self.folder {
                    try makeFolder(folder)
                    try PNGFile.write(fine.asFrame(), to: "\(folder)/\(name)-\(units.width)-x\(scale).png")
                }
                let usual = try #require(changed(coarse, grounds[0], scale: 1), "\(name)")
                let dense = try #require(changed(fine, grounds[1], scale: scale), "\(name)")
                // Letters have whole pixels between them, so a line of words may be longer or shorter than it was.
                for (usual, dense, part) in [(usual.x, dense.x, 5), (usual.y, dense.y, 12)] {
                    let slack = max(3, usual.count / part)
                    #expect(abs(usual.lowerBound - dense.lowerBound) <= slack, "\(name) in \(units): \(dense)")
                    #expect(abs(usual.upperBound - dense.upperBound) <= slack, "\(name) in \(units): \(dense)")
                }
            }
        }
    }
}
