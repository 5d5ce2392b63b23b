import Driving

/// What the user asks of a live run, by a key of the window or by `puppet ctl`.
package enum LiveCommand: Sendable, Equatable {
    case quit
    case calibrate
    case toggleCalibrationSearch
    case showAvatar(AvatarStep)
    case reloadAvatars
    /// Whether the driver's real face is sent; `nil` changes it.
    case passthrough(Bool?)
    /// Steps; above 0 the face gets larger.
    case zoom(Double)
    /// Pixels of the camera's picture.
    case shiftCrop(x: Int, y: Int)
    case resetCrop
    /// Others and the window see the avatar as in a mirror, or no longer.
    case toggleMirror
    /// How much work goes into a picture.
    case quality(QualityChoice)
    /// A line about how the run goes.
    case status

    /// How `puppet ctl` writes commands, and what each does.
    package static let grammar: [(usage: String, meaning: String)] = [
        ("calibrate", "count down and calibrate, as key X does"),
        ("search", "look for better calibration frames, or stop that, as key F does"),
        ("avatar next|previous|random|NUMBER", "show another avatar; numbers begin at 1"),
        ("reload", "read the folder of avatars again"),
        ("passthrough on|off", "send the real face instead of the avatar"),
        ("zoom STEPS", "look closer (above 0) or less close; a step is a twentieth of the picture"),
        ("shift X Y", "look further right and down, in pixels of the camera's picture"),
        ("reset", "look at what was looked at in the beginning"),
        ("mirror", "show and send the avatar as in a mirror, or no longer, as key T does"),
        ("quality auto|NUMBER", "put as much work into pictures as there is room for, or so much: 0 to 1"),
        ("status", "print speed, latency and calibration"),
        ("quit", "end the run"),
    ]

    /// - Parameter words: as in ``grammar``.
    /// - Returns: `nil` for what is no command.
    package init?(words: [String]) {
        let arguments = words.dropFirst().map { String($0) }
        switch (words.first, arguments.count) {
        case ("quit", 0): self = .quit
        case ("calibrate", 0): self = .calibrate
        case ("search", 0): self = .toggleCalibrationSearch
        case ("reload", 0): self = .reloadAvatars
        case ("reset", 0): self = .resetCrop
        case ("mirror", 0): self = .toggleMirror
        case ("status", 0): self = .status
        case ("avatar", 1):
            guard let step = AvatarStep(word: arguments[0]) else { return nil }
            self = .showAvatar(step)
        case ("passthrough", 1):
            guard ["on", "off"].contains(arguments[0]) else { return nil }
            self = .passthrough(arguments[0] == "on")
        case ("quality", 1):
            guard let choice = QualityChoice(word: arguments[0]) else { return nil }
            self = .quality(choice)
        case ("zoom", 1):
            guard let steps = Double(arguments[0]), abs(steps) <= 20 else { return nil }
            self = .zoom(steps)
        case ("shift", 2):
            guard let x = Int(arguments[0]), let y = Int(arguments[1]), abs(x) <= 10_000, abs(y) <= 10_000 else {
                return nil
            }
            self = .shiftCrop(x: x, y: y)
        default: return nil
        }
    }
}

extension AvatarStep {
    fileprivate init?(word: String) {
        switch word {
        case "next": self = .next
        case "previous": self = .previous
        case "random": self = .random
        default:
            guard let number = Int(word), (1...1_000_000).contains(number) else { return nil }
            self = .index(number - 1)
        }
    }
}
