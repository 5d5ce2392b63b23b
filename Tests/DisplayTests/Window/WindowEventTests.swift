import CSDL2
import Testing

@testable import Display

@Suite("What the window's keys mean")
struct WindowEventTests {
    private static let keys: [(SDL_KeyCode, WindowEvent)] = [
        (SDLK_ESCAPE, .quit), (SDLK_1, .selectAvatar(0)), (SDLK_5, .selectAvatar(4)), (SDLK_9, .selectAvatar(8)),
        (SDLK_KP_1, .selectAvatar(0)), (SDLK_KP_9, .selectAvatar(8)), (SDLK_a, .previousAvatar), (SDLK_d, .nextAvatar),
        (SDLK_x, .calibrate), (SDLK_r, .toggleMirror), (SDLK_i, .toggleInfo),
    ]

    private func press(
        _ key: SDL_KeyCode, modifier: SDL_Keymod = KMOD_NONE, repeated: Bool = false
    ) -> SDL_KeyboardEvent {
        var event = SDL_KeyboardEvent()
        event.keysym.sym = SDL_Keycode(bitPattern: key.rawValue)
        event.keysym.mod = UInt16(modifier.rawValue)
        event.repeat = repeated ? 1 : 0
        return event
    }

    @Test func keysMapToEvents() {
        for (key, event) in Self.keys {
            #expect(WindowEvent(press(key)) == event, "key \(key.rawValue)")
        }
    }

    @Test func otherKeysMeanNothing() {
        for key in [SDLK_0, SDLK_b, SDLK_RETURN, SDLK_KP_0, SDLK_F1, SDLK_LSHIFT] {
            #expect(WindowEvent(press(key)) == nil, "key \(key.rawValue)")
        }
    }

    @Test func shortcutsAndHeldKeysAreLeftAlone() {
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_LCTRL)) == nil)
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_RALT)) == nil)
        #expect(WindowEvent(press(SDLK_d, modifier: KMOD_LGUI)) == nil)
        #expect(WindowEvent(press(SDLK_x, repeated: true)) == nil)
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_CAPS)) == .calibrate)
    }
}
