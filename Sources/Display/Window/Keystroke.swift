import CSDL2

/// A key, and what it asks for.
struct Keystroke: Sendable {
    /// Whether Shift has to be held down.
    enum Shift: Sendable { case any, held, free }

    /// What the key means on the user's keyboard layout, not where it is.
    let key: UInt32
    let event: WindowEvent
    private let shift: Shift
    /// Whether holding the key down asks again and again.
    private let repeats: Bool

    init(_ key: SDL_KeyCode, _ event: WindowEvent, shift: Shift = .any, repeats: Bool = false) {
        self.key = key.rawValue
        self.event = event
        self.shift = shift
        self.repeats = repeats
    }

    /// A key that repeats, and does less at a time with Shift.
    static func fine(_ key: SDL_KeyCode, _ event: WindowEvent, shifted: WindowEvent) -> [Keystroke] {
        [
            Keystroke(key, event, shift: .free, repeats: true), Keystroke(key, shifted, shift: .held, repeats: true),
        ]
    }

    func matches(_ press: SDL_KeyboardEvent) -> Bool {
        let isShifted = UInt32(press.keysym.mod) & KMOD_SHIFT.rawValue != 0
        return press.keysym.sym == SDL_Keycode(bitPattern: key) && (repeats || press.repeat == 0)
            && (shift == .any || isShifted == (shift == .held))
    }
}

extension WindowEvent {
    /// A key pressed with Control, Alt or the system key belongs to somebody else.
    init?(_ press: SDL_KeyboardEvent) {
        let foreign = UInt32(KMOD_CTRL.rawValue | KMOD_ALT.rawValue | KMOD_GUI.rawValue)
        guard UInt32(press.keysym.mod) & foreign == 0,
            let stroke = WindowKey.all.lazy.flatMap(\.strokes).first(where: { $0.matches(press) })
        else { return nil }
        self = stroke.event
    }
}
