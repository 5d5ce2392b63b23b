import CAllocationCounter
import CSDL2
import Frames
import TestSupport
import Testing

@testable import Display

@Suite("Where the strip of avatars lies")
struct StripLayoutTests {
    private let area = Rectangle(x: 0, y: 0, width: 1024, height: 512)

    private func layout(_ count: Int, shown: Int = 0, scroll: Int = 0, unit: Double = 1) -> StripLayout {
        StripLayout(count: count, shown: shown, scroll: scroll, in: area, unit: unit)
    }

    @Test func fewLieInTheMiddle() {
        let strip = layout(3)
        #expect(strip.visible == 0..<3)
        #expect(strip.ground == Rectangle(x: 0, y: 428, width: 1024, height: 84))
        #expect(strip.cell(0) == Rectangle(x: 398, y: 434, width: 72, height: 72))
        #expect(strip.cell(2).x + 72 == 1024 - 398, "as much to the right of them as to the left")
    }

    @Test func ofManyThereAreThoseAboutTheOneThatIsShown() {
        #expect(layout(100).visible == 0..<13)
        #expect(layout(100, shown: 50).visible == 44..<57)
        #expect(layout(100, shown: 99).visible == 87..<100)
        #expect(layout(100, shown: 50, scroll: -10).visible == 34..<47)
        #expect(layout(100, shown: 50, scroll: 1000).visible == 87..<100)
        #expect(layout(100, shown: 50, scroll: -1000).visible == 0..<13)
        #expect(layout(100, unit: 2).visible == 0..<7, "on a display with twice as many pixels they are as large")
    }

    @Test func aPlaceIsAnAvatarOrNone() {
        let strip = layout(100, shown: 50)
        for index in strip.visible {
            let cell = strip.cell(index)
            #expect(strip.index(at: Point(x: cell.x, y: cell.y)) == index)
            #expect(strip.index(at: Point(x: cell.x + 71, y: cell.y + 71)) == index)
            #expect(strip.index(at: Point(x: cell.x - 1, y: cell.y)) == nil, "between two")
        }
        #expect(strip.index(at: Point(x: 500, y: 300)) == nil)
    }

    @Test(arguments: [(300, 150), (64, 64), (16, 16)]) func inASmallWindowItIsSmall(_ width: Int, _ height: Int) {
        let strip = StripLayout(
            count: 9, shown: 8, scroll: 0, in: Rectangle(x: 0, y: 0, width: width, height: height), unit: 1)
        #expect(strip.visible.contains(8) && strip.ground.height <= max(height / 2, 20))
        #expect(strip.ground.y >= 0)
    }
}

@Suite("The list of keys in windows of every size")
struct HelpPagesTests {
    @Test func aUsualWindowHasRoomForAll() {
        for unit in [1.0, 2] {
            let size = FrameSize(width: Int(512 * unit), height: Int(512 * unit))
            for notice in [false, true] {
                let pages = HelpPages(surface: size, unit: unit, isBelowNotice: notice).pages
                #expect(pages.count == 1 && pages[0].hasPrefix("Keys\n\n"))
            }
        }
    }

    @Test(arguments: [FrameSize(width: 300, height: 150), FrameSize(width: 64, height: 64)])
    func aSmallOneHasPages(_ size: FrameSize) {
        let help = HelpPages(surface: size, unit: 1, isBelowNotice: false)
        let lines = help.pages.flatMap { $0.split(separator: "\n").dropFirst() }.map { String($0) }
        #expect(lines == WindowKey.help, "every key, once, in order")
        #expect(help.pages[0].hasPrefix("Keys, 1 of \(help.pages.count); H: more\n"))
        #expect(help.pages.last!.hasPrefix("Keys, \(help.pages.count) of \(help.pages.count); H: close\n"))
        #expect(help[1000] == help.pages.last)
    }
}

/// What a mouse does to a window.
extension WindowTests {
    private func scene(avatars count: Int) -> WindowScene {
        var scene = WindowScene()
        scene.view.panes = .avatar
        scene.avatar = plain(0, 0, 80)
        scene.view.strip = .avatars
        scene.thumbnails = (0..<count).map { WindowThumbnail(picture: $0 == 1 ? nil : plain(0, 200, 0)) }
        return scene
    }

    private func push(_ change: (inout SDL_Event) -> Void) {
        var event = SDL_Event()
        change(&event)
        SDL_PushEvent(&event)
    }

    private func click(_ x: Int, _ y: Int, clicks: UInt8 = 1, _ button: Int32 = SDL_BUTTON_LEFT) {
        push { event in
            event.type = SDL_MOUSEBUTTONDOWN.rawValue
            (event.button.button, event.button.clicks) = (UInt8(button), clicks)
            (event.button.x, event.button.y) = (Int32(x), Int32(y))
        }
    }

    private func events(_ window: Window) -> [WindowEvent] {
        var events: [WindowEvent] = []
        window.pollEvents { events.append($0) }
        return events
    }

    @Test func aStripShowsTheAvatarsAndWhichIsShown() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 3)
        scene.chosenThumbnail = 2
        window.present(scene)
        let shot = try Screenshot(window)
        let layout = StripLayout(
            count: 3, shown: 2, scroll: 0, in: Rectangle(x: 0, y: 0, width: 400, height: 400), unit: 1)
        func middle(_ index: Int) -> [UInt8] { shot(layout.cell(index).x + 36, layout.cell(index).y + 36) }
        #expect(middle(0) == [0, 200, 0] && middle(2) == [0, 200, 0])
        #expect(middle(1) == [32, 34, 38], "one that is not read yet")
        #expect(isBright(shot(layout.cell(2).x + 1, layout.cell(2).y + 30)), "a frame")
        #expect(shot(layout.cell(0).x + 1, layout.cell(0).y + 30) == [0, 200, 0])
        scene.view.strip = nil
        window.present(scene)
        #expect(try Screenshot(window)(layout.cell(0).x + 36, layout.cell(0).y + 36) == [0, 0, 80])
    }

    @Test func aClickOnItIsForAnAvatarOrAnotherFace() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 3)
        scene.chosenThumbnail = 1
        window.present(scene)
        let layout = StripLayout(
            count: 3, shown: 1, scroll: 0, in: Rectangle(x: 0, y: 0, width: 400, height: 400), unit: 1)
        for index in 0..<3 { click(layout.cell(index).x + 5, layout.cell(index).y + 5) }
        click(layout.cell(0).x - 3, layout.cell(0).y + 5)
        click(layout.cell(0).x + 5, layout.cell(0).y + 5, clicks: 2)
        click(200, 100)
        click(200, 100, clicks: 2)
        click(layout.cell(0).x + 5, layout.cell(0).y + 5, SDL_BUTTON_RIGHT)
        #expect(
            events(window) == [
                .command(.selectAvatar(0)), .command(.nextFace), .command(.selectAvatar(2)), .view(.toggleFullScreen),
            ])
        scene.view.strip = nil
        window.present(scene)
        click(layout.cell(0).x + 5, layout.cell(0).y + 5)
        #expect(events(window).isEmpty)
    }

    @Test func camerasAreChosenTheSameWay() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 0)
        scene.view.strip = .cameras
        scene.thumbnails = ["Integrated Camera", "Logitech BRIO"].map {
            WindowThumbnail(picture: plain(0, 200, 0), caption: $0)
        }
        (scene.chosenThumbnail, scene.avatarMessage) = (1, nil)
        for _ in 0..<3 { window.present(scene) }
        #expect(window.textRasterisations == 2, "a caption each")
        let layout = StripLayout(
            size: 112, count: 2, shown: 1, scroll: 0, in: Rectangle(x: 0, y: 0, width: 400, height: 400), unit: 1)
        #expect(layout.cell(0).width == 100, "a quarter of the window")
        for index in [0, 1] { click(layout.cell(index).x + 5, layout.cell(index).y + 5) }
        #expect(events(window) == [.command(.selectCamera(0))], "the one that drives already stays")
    }

    @Test func theWheelMovesTheStrip() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 30)
        window.present(scene)
        func turn() {
            push { event in
                event.type = SDL_MOUSEWHEEL.rawValue
                event.wheel.y = -2
            }
        }
        turn()
        #expect(events(window) == [.view(.scrollStrip(by: 2))])
        scene.view.apply(.scrollStrip(by: 2))
        #expect(scene.view.stripScroll == 2)
        scene.view.apply(.toggleStrip(.cameras))
        #expect(scene.view.strip == .cameras && scene.view.stripScroll == 0)
        scene.view.apply(.toggleStrip(.cameras))
        #expect(scene.view.strip == nil)
        window.present(scene)
        turn()
        #expect(events(window).isEmpty, "without the strip it means nothing")
    }

    @Test func whatIsDroppedIsAnAvatar() throws {
        let window = try window()
        window.present(scene(avatars: 1))
        push { event in
            event.type = SDL_DROPFILE.rawValue
            event.drop.file = SDL_strdup("/home/me/grüße 1.png")
        }
        #expect(events(window) == [.command(.openAvatar(path: "/home/me/grüße 1.png"))])
    }

    @Test func theHelpKeyTurnsItsPages() throws {
        let window = try window(300, 150)
        var scene = scene(avatars: 1)
        let pages = HelpPages(scene, surface: FrameSize(width: 300, height: 150), unit: 1).pages.count
        var wishes: [WindowEvent] = []
        for _ in 0...pages {
            window.present(scene)
            push { event in
                event.type = SDL_KEYDOWN.rawValue
                event.key.keysym.sym = SDL_Keycode(bitPattern: SDLK_h.rawValue)
            }
            for case .view(let change) in events(window) {
                wishes.append(.view(change))
                scene.view.apply(change)
            }
        }
        let turns = [WindowEvent](repeating: .view(.nextHelpPage), count: pages - 1)
        #expect(wishes == [.view(.toggleHelp)] + turns + [.view(.toggleHelp)])
        #expect(pages > 2 && !scene.view.showsHelp)
    }

    @Test func aRecordingIsSeen() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 1)
        scene.recordedSeconds = 125
        for _ in 0..<3 { window.present(scene) }
        let shot = try Screenshot(window)
        #expect(shot.count(250..<400, 0..<60, where: isRed) > 1000)
        #expect(window.textRasterisations == 1)
        scene.recordedSeconds = nil
        window.present(scene)
        #expect(try Screenshot(window).count(250..<400, 0..<60, where: isRed) == 0)
    }

    /// But for what SDL's renderer for the CPU takes to scale pictures.
    @Test func aStripAllocatesNothingPerFrame() throws {
        let window = try window(400, 400)
        var scene = scene(avatars: 0)
        scene.avatar = plain(0, 0, 80, FrameSize(square: 400))
        let thumbnail = WindowThumbnail(picture: plain(0, 200, 0, FrameSize(square: 72)))
        scene.thumbnails = Array(repeating: thumbnail, count: 30)
        for _ in 0..<3 { window.present(scene) }
        allocation_counter_start()
        for _ in 0..<10 { window.present(scene) }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 10 frames")
    }
}
