import CAssets
import CSDL2
import Foundation
import Frames
import TestSupport
import Testing

@testable import Display

/// A real window of SDL's driver that needs no display, drawn by the CPU and read back.
@Suite("A window", .timeLimit(.minutes(5)), .serialized)
@MainActor
struct WindowTests {
    let font: UnsafeRawBufferPointer
    /// `SDL_VIDEODRIVER=x11` shows what a display makes of it.
    private static let driver = ProcessInfo.processInfo.environment["SDL_VIDEODRIVER"] ?? "dummy"

    init() {
        let asset = puppet_asset_font()
        font = UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)
    }

    func window(
        _ width: Int = 200, _ height: Int = 100, panes: WindowPanes = .avatar, driver: String = WindowTests.driver
    ) throws -> Window {
        // Each time: SDL forgets its hints when a window is closed.
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, driver, SDL_HINT_OVERRIDE)
        return try Window(title: "test", size: FrameSize(width: width, height: height), panes: panes, fontBytes: font)
    }

    /// With the window's only pane showing this.
    private func scene(_ avatar: Frame) -> WindowScene {
        var scene = WindowScene()
        scene.view.panes = .avatar
        scene.avatar = avatar
        return scene
    }

    @Test func showsFramesBetweenBlackBars() throws {
        let window = try window()
        window.present(scene(redAndBlue(FrameSize(square: 40))))
        let pixel = try Screenshot(window)
        #expect(pixel(20, 50) == [0, 0, 0] && pixel(180, 50) == [0, 0, 0])
        #expect(pixel(60, 50) == [255, 0, 0] && pixel(140, 50) == [0, 0, 255])
    }

    @Test func mirrorsFrames() throws {
        let window = try window()
        var scene = scene(redAndBlue(FrameSize(square: 40)))
        window.present(scene)
        scene.isAvatarMirrored = true
        window.present(scene)
        let pixel = try Screenshot(window)
        #expect(pixel(60, 50) == [0, 0, 255] && pixel(140, 50) == [255, 0, 0])
    }

    @Test func takesFramesOfChangingSize() throws {
        let window = try window()
        window.present(scene(redAndBlue(FrameSize(square: 40))))
        window.present(scene(redAndBlue(FrameSize(width: 400, height: 200))))
        let pixel = try Screenshot(window)
        #expect(pixel(5, 5) == [255, 0, 0] && pixel(195, 95) == [0, 0, 255])
    }

    @Test func drawsTextOnlyWhenItChanges() throws {
        let window = try window()
        var scene = scene(redAndBlue(FrameSize(width: 200, height: 100)))
        scene.view.showsInfo = true
        scene.info = "25.0 fps\ndetect 4.1 ms"
        for _ in 0..<5 { window.present(scene) }
        #expect(window.textRasterisations == 1)
        let pixel = try Screenshot(window)
        // The panel darkens the red it covers; letters are brighter than that, in all channels.
        #expect(pixel(9, 9)[0] < 140 && pixel(95, 90) == [255, 0, 0])
        let letters = (14..<90).flatMap { x in (14..<45).map { y in pixel(x, y) } }.filter { $0[1] > 200 }
        #expect(letters.count > 50, "\(letters.count) bright pixels")

        scene.info = "24.9 fps\ndetect 4.1 ms"
        for _ in 0..<5 { window.present(scene) }
        #expect(window.textRasterisations == 2)
        scene.view.showsInfo = false
        window.present(scene)
        #expect(try Screenshot(window)(9, 9) == [255, 0, 0])
    }

    @Test func emptyInfoIsNoPanel() throws {
        let window = try window()
        var scene = scene(redAndBlue(FrameSize(width: 200, height: 100)))
        (scene.view.showsInfo, scene.info) = (true, "")
        window.present(scene)
        #expect(try Screenshot(window)(9, 9) == [255, 0, 0])
    }

    @Test func handsOverKeysInOrder() throws {
        let window = try window()
        for key in [SDLK_x, SDLK_3, SDLK_b, SDLK_ESCAPE] {
            var event = SDL_Event()
            event.type = SDL_KEYDOWN.rawValue
            event.key.keysym.sym = SDL_Keycode(bitPattern: key.rawValue)
            SDL_PushEvent(&event)
        }
        var events: [WindowEvent] = []
        window.pollEvents { events.append($0) }
        #expect(events == [.command(.calibrate), .command(.selectAvatar(2)), .quit])
    }

    @Test func isCalledAsTheSceneSays() throws {
        let window = try window()
        var scene = scene(redAndBlue(FrameSize(width: 200, height: 100)))
        scene.title = "puppet: mona"
        window.present(scene)
        #expect(window.title == "puppet: mona")
    }

    @Test func aDoubleClickAsksForFullScreen() throws {
        let window = try window()
        for clicks in [UInt8(1), 2] {
            var event = SDL_Event()
            event.type = SDL_MOUSEBUTTONDOWN.rawValue
            (event.button.button, event.button.clicks) = (UInt8(SDL_BUTTON_LEFT), clicks)
            SDL_PushEvent(&event)
        }
        var events: [WindowEvent] = []
        window.pollEvents { events.append($0) }
        #expect(events == [.view(.toggleFullScreen)])
        var scene = scene(redAndBlue(FrameSize(width: 200, height: 100)))
        scene.view.apply(.toggleFullScreen)
        window.present(scene)
        #expect(window.isFullScreen)
        scene.view.apply(.toggleFullScreen)
        window.present(scene)
        #expect(!window.isFullScreen, "a window again")
    }

    @Test func survivesTheRendererForgetting() throws {
        let window = try window()
        var scene = scene(redAndBlue(FrameSize(width: 200, height: 100)))
        (scene.view.showsInfo, scene.info) = (true, "text")
        window.present(scene)
        var event = SDL_Event()
        event.type = SDL_RENDER_DEVICE_RESET.rawValue
        SDL_PushEvent(&event)
        window.pollEvents { _ in }
        #expect(try Screenshot(window)(195, 50) == [0, 0, 255])
        #expect(window.textRasterisations == 2)
    }

    @Test func mayBeClosedFromItsOwnEvent() throws {
        let window = try window()
        var event = SDL_Event()
        event.type = SDL_QUIT.rawValue
        SDL_PushEvent(&event)
        var events: [WindowEvent] = []
        window.pollEvents {
            events.append($0)
            window.close()
        }
        window.present(scene(redAndBlue(FrameSize(square: 4))))
        window.pollEvents { _ in Issue.record("a closed window has no events") }
        window.close()
        #expect(events == [.quit])
        #expect(SDL_WasInit(SDL_INIT_VIDEO) == 0, "SDL still runs")
    }

    @Test func refusesWhatIsNoFont() throws {
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, Self.driver, SDL_HINT_OVERRIDE)
        let junk: [UInt8] = Array("this is not a font".utf8)
        try junk.withUnsafeBytes { bytes in
            let error = try #require(throws: WindowError.self) {
                _ = try Window(title: "test", size: FrameSize(square: 64), panes: .both, fontBytes: bytes)
            }
            #expect(error.code == .badFont)
        }
        #expect(SDL_WasInit(SDL_INIT_VIDEO) == 0, "SDL still runs")
    }

    @Test func saysWhatToDoWithoutADisplay() throws {
        let error = try #require(throws: WindowError.self) { _ = try window(driver: "no-such-driver") }
        #expect(error.code == .noDisplay)
        #expect(error.description.contains("--output FILE") && !error.description.contains("\n"))
    }

    @Test func assetsAreWhatTheyAreCalled() {
        let (model, portrait) = (puppet_asset_model(), puppet_asset_portrait())
        #expect(portrait.count > 8 && portrait.bytes[1] == UInt8(ascii: "P") && portrait.bytes[2] == UInt8(ascii: "N"))
        #expect(model.count > 1_000_000 && model.bytes[8] == UInt8(ascii: "{"))
        for asset in [model, portrait, puppet_asset_font()] { #expect(UInt(bitPattern: asset.bytes) % 64 == 0) }
    }
}
