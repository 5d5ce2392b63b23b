import CSDL2
import Foundation
import TestSupport
import Testing

@testable import Display

@Suite("What the window's keys mean")
struct WindowKeyTests {
    private static let keys: [(SDL_KeyCode, WindowEvent)] = [
        (SDLK_ESCAPE, .quit), (SDLK_1, .command(.selectAvatar(0))), (SDLK_5, .command(.selectAvatar(4))),
        (SDLK_9, .command(.selectAvatar(8))), (SDLK_KP_1, .command(.selectAvatar(0))),
        (SDLK_KP_9, .command(.selectAvatar(8))), (SDLK_a, .command(.previousAvatar)), (SDLK_d, .command(.nextAvatar)),
        (SDLK_q, .command(.randomAvatar)), (SDLK_l, .command(.reloadAvatars)), (SDLK_0, .command(.togglePassthrough)),
        (SDLK_KP_0, .command(.togglePassthrough)), (SDLK_w, .command(.zoom(steps: 5))),
        (SDLK_s, .command(.zoom(steps: -5))), (SDLK_LEFT, .command(.shiftCrop(dx: -5, dy: 0))),
        (SDLK_RIGHT, .command(.shiftCrop(dx: 5, dy: 0))), (SDLK_UP, .command(.shiftCrop(dx: 0, dy: -5))),
        (SDLK_DOWN, .command(.shiftCrop(dx: 0, dy: 5))), (SDLK_u, .command(.shiftCrop(dx: 0, dy: -5))),
        (SDLK_j, .command(.shiftCrop(dx: 0, dy: 5))), (SDLK_k, .command(.shiftCrop(dx: 5, dy: 0))),
        (SDLK_z, .view(.changeGhost(by: -0.1))), (SDLK_c, .view(.changeGhost(by: 0.1))),
        (SDLK_x, .command(.calibrate)), (SDLK_f, .command(.toggleBestFrame)), (SDLK_r, .view(.togglePreviewMirror)),
        (SDLK_t, .command(.toggleOutputMirror)), (SDLK_v, .command(.keepPicture)),
        (SDLK_TAB, .view(.toggleStrip(.avatars))),
        (SDLK_m, .view(.toggleStrip(.cameras))),
        (SDLK_e, .command(.nextFace)), (SDLK_o, .view(.toggleKeypoints)),
        (SDLK_g, .view(.toggleGuide)),
        (SDLK_p, .view(.nextPanes)), (SDLK_i, .view(.toggleInfo)), (SDLK_h, .view(.toggleHelp)),
        (SDLK_F11, .view(.toggleFullScreen)), (SDLK_F1, .view(.toggleHelp)), (SDLK_QUESTION, .view(.toggleHelp)),
    ]

    private static let shifted: [(SDL_KeyCode, WindowEvent)] = [
        (SDLK_v, .command(.toggleRecording)), (SDLK_w, .command(.zoom(steps: 1))), (SDLK_s, .command(.zoom(steps: -1))),
        (SDLK_LEFT, .command(.shiftCrop(dx: -1, dy: 0))), (SDLK_k, .command(.shiftCrop(dx: 1, dy: 0))),
        (SDLK_u, .command(.shiftCrop(dx: 0, dy: -1))), (SDLK_z, .command(.resetCrop)), (SDLK_SLASH, .view(.toggleHelp)),
        (SDLK_x, .command(.calibrate)), (SDLK_QUESTION, .view(.toggleHelp)),
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
        for shift in [KMOD_LSHIFT, KMOD_RSHIFT] {
            for (key, event) in Self.shifted {
                #expect(WindowEvent(press(key, modifier: shift)) == event, "Shift and key \(key.rawValue)")
            }
        }
    }

    @Test func otherKeysMeanNothing() {
        for key in [SDLK_b, SDLK_RETURN, SDLK_SLASH, SDLK_F2, SDLK_LSHIFT] {
            #expect(WindowEvent(press(key)) == nil, "key \(key.rawValue)")
        }
    }

    @Test func shortcutsAreLeftAlone() {
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_LCTRL)) == nil)
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_RALT)) == nil)
        #expect(WindowEvent(press(SDLK_d, modifier: KMOD_LGUI)) == nil)
        #expect(WindowEvent(press(SDLK_x, modifier: KMOD_CAPS)) == .command(.calibrate))
    }

    @Test func onlyWhatGoesStepByStepRepeats() {
        for key in [SDLK_x, SDLK_0, SDLK_d, SDLK_h, SDLK_ESCAPE] {
            #expect(WindowEvent(press(key, repeated: true)) == nil, "key \(key.rawValue)")
        }
        #expect(WindowEvent(press(SDLK_z, modifier: KMOD_LSHIFT, repeated: true)) == nil)
        for key in [SDLK_w, SDLK_LEFT, SDLK_u, SDLK_z, SDLK_c] {
            #expect(WindowEvent(press(key, repeated: true)) == WindowEvent(press(key)), "key \(key.rawValue)")
        }
    }

    @Test func noKeyMeansTwoThings() {
        var seen: [String: String] = [:]
        for row in WindowKey.all {
            for stroke in row.strokes {
                for modifier in [KMOD_NONE, KMOD_LSHIFT] {
                    let pressed = press(SDL_KeyCode(stroke.key), modifier: modifier)
                    guard stroke.matches(pressed) else { continue }
                    let name = "\(stroke.key) \(modifier.rawValue)"
                    #expect(seen[name] == nil, "\(name): \(row.label) and \(seen[name] ?? "")")
                    seen[name] = row.label
                }
            }
        }
    }

    @Test func helpIsATableOfAllKeys() {
        #expect(WindowKey.help.count == WindowKey.all.count)
        for (line, key) in zip(WindowKey.help, WindowKey.all) {
            #expect(line.hasPrefix(key.label + "  ") && line.hasSuffix("  " + key.sentence))
            #expect(line.count <= 58, "too long for a small window: \(line)")
            #expect(!key.strokes.isEmpty && line.utf8.allSatisfy { $0 < 128 })
        }
        let columns = Set(zip(WindowKey.help, WindowKey.all).map { $0.count - $1.sentence.count })
        #expect(columns.count == 1, "sentences begin in columns \(columns)")
    }

    @Test func viewOptionsDoWhatIsAsked() {
        var view = ViewOptions()
        var panes: [WindowPanes] = []
        for _ in 0..<3 {
            view.apply(.nextPanes)
            panes.append(view.panes)
        }
        #expect(panes == [.avatar, .preview, .both])
        for _ in 0..<13 { view.apply(.changeGhost(by: 0.1)) }
        #expect(view.ghost == 1)
        for _ in 0..<7 { view.apply(.changeGhost(by: -0.1)) }
        #expect(view.ghost == 0.3)
        for _ in 0..<7 { view.apply(.changeGhost(by: -0.1)) }
        #expect(view == ViewOptions())
        for change in [ViewChange.togglePreviewMirror, .toggleKeypoints, .toggleGuide, .toggleInfo, .toggleHelp] {
            var other = view
            other.apply(change)
            #expect(other != view, "\(change)")
            other.apply(change)
            #expect(other == view, "\(change)")
        }
    }

    @Test func thePageHasTheSameTable() throws {
        let page = try String(contentsOf: projectFolder.appending(path: "docs/reference/keys.md"), encoding: .utf8)
        for key in WindowKey.all {
            #expect(page.contains("\n| \(key.label) | \(key.sentence) |\n"), "\(key.label): \(key.sentence)")
        }
    }
}
