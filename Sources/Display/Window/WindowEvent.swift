import CSDL2

/// What the user asks of the program through its window.
package enum WindowEvent: Hashable, Sendable {
    /// Escape, or the window was closed.
    case quit
    /// Keys 1...9: the avatar at this index, 0...8.
    case selectAvatar(Int)
    /// Keys A and D.
    case previousAvatar, nextAvatar
    /// Key X: the present driving frame becomes the driving initial.
    case calibrate
    /// Key R: mirror the preview.
    case toggleMirror
    /// Key I: show or hide the information panel.
    case toggleInfo

    /// - Parameter key: what the key means on the user's keyboard layout, not where it is.
    init?(key: SDL_Keycode) {
        switch UInt32(bitPattern: key) {
        case SDLK_ESCAPE.rawValue: self = .quit
        case SDLK_1.rawValue...SDLK_9.rawValue: self = .selectAvatar(Int(key) - Int(SDLK_1.rawValue))
        case SDLK_KP_1.rawValue...SDLK_KP_9.rawValue: self = .selectAvatar(Int(key) - Int(SDLK_KP_1.rawValue))
        case SDLK_a.rawValue: self = .previousAvatar
        case SDLK_d.rawValue: self = .nextAvatar
        case SDLK_x.rawValue: self = .calibrate
        case SDLK_r.rawValue: self = .toggleMirror
        case SDLK_i.rawValue: self = .toggleInfo
        default: return nil
        }
    }

    /// A key held down acts once, and one pressed with Control, Alt or the system key belongs to somebody else.
    init?(_ press: SDL_KeyboardEvent) {
        let modifiers = UInt32(KMOD_CTRL.rawValue | KMOD_ALT.rawValue | KMOD_GUI.rawValue)
        guard press.repeat == 0, UInt32(press.keysym.mod) & modifiers == 0 else { return nil }
        self.init(key: press.keysym.sym)
    }
}
