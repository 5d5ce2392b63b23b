import CAssets
import CSDL2
import Frames
import Testing

@testable import Display

/// A real window of SDL's driver that needs no display, drawn by the CPU and read back.
@Suite("A window", .serialized)
@MainActor
struct WindowTests {
    private let font: UnsafeRawBufferPointer

    init() {
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, "dummy", SDL_HINT_OVERRIDE)
        let asset = puppet_asset_font()
        font = UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)
    }

    private func window(_ width: Int = 200, _ height: Int = 100) throws -> Window {
        try Window(title: "test", size: FrameSize(width: width, height: height), fontBytes: font)
    }

    /// Left half red, right half blue.
    private func redAndBlue(_ size: FrameSize) -> Frame {
        let pixels = PixelBuffer(size: size) { bytes in
            for index in 0..<size.pixelCount {
                let isLeft = index % size.width < size.width / 2
                (bytes[3 * index], bytes[3 * index + 1], bytes[3 * index + 2]) = (isLeft ? 255 : 0, 0, isLeft ? 0 : 255)
            }
        }
        return Frame(pixels: pixels, sequence: 0, captured: MonotonicTime(nanoseconds: 0))
    }

    /// Pixels on display, a closure from column and row to R, G, B.
    private func shot(_ window: Window, _ width: Int = 200, _ height: Int = 100) throws -> (Int, Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 9, count: 3 * width * height)
        let renderer = try #require(window.renderer)
        let result = SDL_RenderReadPixels(renderer, nil, SDL_PIXELFORMAT_RGB24.rawValue, &bytes, CInt(3 * width))
        try #require(result == 0, "\(String(cString: SDL_GetError()))")
        return { x, y in Array(bytes[3 * (y * width + x)..<3 * (y * width + x) + 3]) }
    }

    @Test func showsFramesBetweenBlackBars() throws {
        let window = try window()
        window.present(redAndBlue(FrameSize(square: 40)))
        let pixel = try shot(window)
        #expect(pixel(20, 50) == [0, 0, 0] && pixel(180, 50) == [0, 0, 0])
        #expect(pixel(60, 50) == [255, 0, 0] && pixel(140, 50) == [0, 0, 255])
    }

    @Test func mirrorsFrames() throws {
        let window = try window()
        window.present(redAndBlue(FrameSize(square: 40)))
        window.isMirrored = true
        let pixel = try shot(window)
        #expect(pixel(60, 50) == [0, 0, 255] && pixel(140, 50) == [255, 0, 0])
    }

    @Test func takesFramesOfChangingSize() throws {
        let window = try window()
        window.present(redAndBlue(FrameSize(square: 40)))
        window.present(redAndBlue(FrameSize(width: 400, height: 200)))
        let pixel = try shot(window)
        #expect(pixel(5, 5) == [255, 0, 0] && pixel(195, 95) == [0, 0, 255])
    }

    @Test func drawsTextOnlyWhenItChanges() throws {
        let window = try window()
        let frame = redAndBlue(FrameSize(width: 200, height: 100))
        window.info = "25.0 fps\ndetect 4.1 ms"
        for _ in 0..<5 { window.present(frame) }
        #expect(window.textRasterisations == 1)
        let pixel = try shot(window)
        // The panel darkens the red it covers; letters are brighter than that, in all channels.
        #expect(pixel(9, 9)[0] < 140 && pixel(95, 90) == [255, 0, 0])
        let letters = (14..<90).flatMap { x in (14..<45).map { y in pixel(x, y) } }.filter { $0[1] > 200 }
        #expect(letters.count > 50, "\(letters.count) bright pixels")

        window.info = "24.9 fps\ndetect 4.1 ms"
        for _ in 0..<5 { window.present(frame) }
        #expect(window.textRasterisations == 2)
        window.info = nil
        window.present(frame)
        #expect(try shot(window)(9, 9) == [255, 0, 0])
    }

    @Test func emptyInfoIsNoPanel() throws {
        let window = try window()
        window.info = ""
        window.present(redAndBlue(FrameSize(width: 200, height: 100)))
        #expect(try shot(window)(9, 9) == [255, 0, 0])
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
        #expect(events == [.calibrate, .selectAvatar(2), .quit])
    }

    @Test func survivesTheRendererForgetting() throws {
        let window = try window()
        window.info = "text"
        window.present(redAndBlue(FrameSize(width: 200, height: 100)))
        var event = SDL_Event()
        event.type = SDL_RENDER_DEVICE_RESET.rawValue
        SDL_PushEvent(&event)
        window.pollEvents { _ in }
        #expect(try shot(window)(195, 50) == [0, 0, 255])
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
        window.present(redAndBlue(FrameSize(square: 4)))
        window.pollEvents { _ in Issue.record("a closed window has no events") }
        window.close()
        #expect(events == [.quit])
        #expect(SDL_WasInit(SDL_INIT_VIDEO) == 0, "SDL still runs")
    }

    @Test func refusesWhatIsNoFont() throws {
        let junk: [UInt8] = Array("this is not a font".utf8)
        try junk.withUnsafeBytes { bytes in
            let error = try #require(throws: WindowError.self) {
                _ = try Window(title: "test", size: FrameSize(square: 64), fontBytes: bytes)
            }
            #expect(error.code == .badFont)
        }
        #expect(SDL_WasInit(SDL_INIT_VIDEO) == 0, "SDL still runs")
    }

    @Test func saysWhatToDoWithoutADisplay() throws {
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, "no-such-driver", SDL_HINT_OVERRIDE)
        let error = try #require(throws: WindowError.self) { _ = try window() }
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
