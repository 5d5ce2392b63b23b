import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Display

/// What lies over both panes, and how little a frame costs.
extension WindowTests {
    private func scene(_ panes: WindowPanes = .both) -> WindowScene {
        var scene = WindowScene()
        scene.view.panes = panes
        (scene.preview, scene.avatar, scene.ghost) = (plain(0, 80, 0), plain(0, 0, 80), plain(80, 0, 80))
        return scene
    }

    @Test(arguments: WindowPanes.allCases) func theRealFaceIsImpossibleToMiss(_ panes: WindowPanes) throws {
        var scene = scene(panes)
        scene.isRealFaceShown = true
        let size = panes.defaultSize
        let window = try window(size.width, size.height, panes: panes)
        let banner = panes == .both ? 520..<1010 : 12..<500
        for hasMore in [false, true] {
            (scene.view.showsHelp, scene.view.showsInfo, scene.view.showsKeypoints) = (hasMore, hasMore, hasMore)
            (scene.info, scene.countdown, scene.view.ghost) = ("text\ntext", 3, 0.5)
            (scene.avatarMessage, scene.previewMessage) = (WindowMessage("words"), WindowMessage("words"))
            window.present(scene)
            let shot = try Screenshot(window)
            for edge in 0..<7 {
                for (x, y) in [(edge, 300), (size.width - 1 - edge, 300), (300, edge), (300, size.height - 1 - edge)] {
                    #expect(isRed(shot(x, y)), "\(panes) at \(x) \(y)")
                }
            }
            #expect(shot.count(banner, 8..<40, where: isRed) > banner.count * 20, "red ground")
            #expect(shot.count(banner, 8..<40, where: isBright) > 1000, "letters on it")
        }
        scene.isRealFaceShown = false
        (scene.view.showsHelp, scene.view.showsInfo) = (false, false)
        scene.view.showsGuide = false
        window.present(scene)
        let shot = try Screenshot(window)
        #expect(shot.count(0..<size.width, 0..<size.height, where: isRed) == 0)
    }

    @Test(arguments: WindowPanes.allCases, [false, true])
    func helpIsNotCutOff(_ panes: WindowPanes, _ isRealFaceShown: Bool) throws {
        var scene = scene(panes)
        (scene.view.showsHelp, scene.isRealFaceShown) = (true, isRealFaceShown)
        let size = panes.defaultSize
        let window = try window(size.width, size.height, panes: panes)
        window.present(scene)
        let shot = try Screenshot(window)
        #expect(shot.count(0..<size.width, 60..<size.height, where: isBright) > 5000)
        for x in [8, 9, 10, 11, size.width - 12, size.width - 11, size.width - 10, size.width - 9] {
            #expect(shot.count(x..<x + 1, 60..<size.height, where: isBright) == 0, "letters in column \(x)")
        }
        for y in size.height - 12..<size.height {
            #expect(shot.count(0..<size.width, y..<y + 1, where: isBright) == 0, "letters in row \(y)")
        }
    }

    @Test func sizeFollowsThePanes() throws {
        var scene = scene()
        let window = try window(1024, 512, panes: .both)
        window.present(scene)
        for (panes, width) in [(WindowPanes.avatar, 512), (.preview, 512), (.both, 1024)] {
            scene.view.panes = panes
            window.present(scene)
            #expect(try Screenshot(window).pixels.size == FrameSize(width: width, height: 512), "\(panes)")
        }
    }

    @Test func aSizeThatSomebodyChoseStays() throws {
        var scene = scene()
        let window = try window(700, 400, panes: .both)
        scene.view.panes = .avatar
        window.present(scene)
        #expect(try Screenshot(window).pixels.size == FrameSize(width: 700, height: 400))
    }

    @Test func smallWindowsAreDrawnToo() throws {
        var scene = scene()
        (scene.view.showsHelp, scene.view.showsInfo, scene.view.showsKeypoints) = (true, true, true)
        (scene.info, scene.countdown, scene.isRealFaceShown) = ("text", 10, true)
        scene.previewMessage = WindowMessage("a long line of words that is wrapped where the pane ends")
        scene.driverKeypoints = [[0, 0], [.nan, 5]]
        for panes in WindowPanes.allCases {
            for (width, height) in [(64, 64), (90, 20), (20, 400), (1, 1)] {
                scene.view.panes = panes
                let window = try window(width, height, panes: panes)
                window.present(scene)
                // The display may give another size than was asked for.
                window.pollEvents { _ in }
                #expect(isRed(try Screenshot(window)(0, 0)))
            }
        }
    }

    @Test func noTextIsDrawnAnewForANewPicture() throws {
        var scene = scene()
        (scene.view.showsInfo, scene.isRealFaceShown) = (true, true)
        (scene.info, scene.countdown) = ("25 fps", 3)
        (scene.previewMessage, scene.avatarMessage) = (WindowMessage("move closer"), WindowMessage("good"))
        let window = try window(1024, 512, panes: .both)
        for level in 0..<5 {
            scene.preview = plain(UInt8(level), 0, 0)
            scene.avatarMessage = WindowMessage("good", isWarning: level > 2)
            window.present(scene)
        }
        #expect(window.textRasterisations == 5)
        (scene.countdown, scene.view.showsHelp) = (2, true)
        window.present(scene)
        #expect(window.textRasterisations == 7)
        scene.view.showsHelp = false
        window.present(scene)
        #expect(window.textRasterisations == 7)
    }

    /// SDL's renderer for the CPU allocates where it scales pictures, and once a frame for a texture that comes again in
    /// another colour. Nothing is allocated for a text, a dot or a cross.
    @Test func overlaysCostNoAllocations() throws {
        let window = try window(1024, 512, panes: .both, driver: "dummy")
        let pictures = (0..<4).map { plain(UInt8($0), 0, 0) }
        func allocations(_ scene: WindowScene) -> Int {
            var scene = scene
            // The second time counts: by then all texts are drawn.
            for _ in 0..<2 {
                allocation_counter_start()
                for picture in pictures {
                    scene.preview = picture
                    window.present(scene)
                }
            }
            return allocation_counter_stop()
        }
        var scene = scene()
        let bare = allocations(scene)
        #expect(bare <= 8 * pictures.count, "\(bare) allocations for \(pictures.count) frames")
        (scene.view.showsInfo, scene.view.showsKeypoints) = (true, true)
        (scene.info, scene.isRealFaceShown, scene.flashed) = ("25 fps", true, .now)
        scene.previewMessage = WindowMessage("move closer, and sit as the avatar does")
        scene.driverKeypoints = (0..<10).map { [Float($0) / 10, 0] }
        scene.calibrationKeypoints = scene.driverKeypoints
        scene.avatarKeypoints = scene.driverKeypoints
        let full = allocations(scene)
        #expect(
            full <= bare + 4 * pictures.count,
            "\(full) allocations for \(pictures.count) frames, \(bare) without overlays")
    }
}
