import Display
import Driving
import Motion

/// A line of the table of `puppet ctl`'s commands: how one is written, what it takes, and what it does.
///
/// There is one table. Commands are read by it, and errors, `puppet ctl --help` and the pages in docs are written from it.
package struct ControlVerb: Sendable {
    /// The command's first word.
    package let name: String
    /// What follows, as people write it; empty where nothing does.
    package let arguments: String
    /// What the arguments may be, after the word "takes".
    package let range: String
    /// What the command does.
    package let meaning: String
    /// Whether the arguments are a path, spaces and all.
    package let takesPath: Bool
    /// - Returns: `nil` for arguments out of range.
    let command: @Sendable (_ arguments: [String]) -> LiveCommand?

    /// The command with its arguments.
    package var usage: String { arguments.isEmpty ? name : "\(name) \(arguments)" }

    /// What a shell offers: commands, and behind one the words that it takes; not numbers and names.
    package static func offers(after words: [String]) -> [String] {
        guard let name = words.first else { return all.map(\.name) }
        let verb = words.count == 1 ? all.first { $0.name == name } : nil
        return verb?.arguments.split(separator: "|").map(String.init).filter { $0.allSatisfy(\.isLowercase) } ?? []
    }

    /// Every command, in the order in which people are told of them.
    package static let all = [
        ControlVerb("calibrate", "count down and calibrate, as key X does", .calibrate),
        ControlVerb(
            "search", "look for better calibration frames, or stop that, as key F does", .toggleCalibrationSearch),
        ControlVerb(
            "avatar", "next|previous|random|NUMBER|NAME",
            range: "next, previous, random, a number from 1, or how a picture's name begins",
            "show another avatar", takesPath: true, arguments: { AvatarStep(words: $0).map { .showAvatar($0) } }),
        ControlVerb(
            "face", "next|NUMBER", range: "next, or a number from 1, which is the largest",
            "show another face of the avatar's picture, as key E does"
        ) { word in
            if word == "next" { return .showFace(nil) }
            return Int(word).flatMap { (1...1000).contains($0) ? .showFace($0) : nil }
        },
        ControlVerb(
            "open", "PATH", range: "a picture, or a folder of them",
            "show a picture that is none of the avatars yet, as dropping it onto the window does", takesPath: true
        ) { words in
            let path = words.joined(separator: " ")
            return path.isEmpty ? nil : .openAvatar(path: path)
        },
        ControlVerb("reload", "read the folder of avatars again", .reloadAvatars),
        ControlVerb(
            "passthrough", "on|off", range: "on or off", "send the real face instead of the avatar, or the avatar again"
        ) { ["on", "off"].contains($0) ? .passthrough($0 == "on") : nil },
        ControlVerb(
            "zoom", "STEPS", range: "a number of steps from -20 to 20",
            "look closer (above 0) or less close; a step is a twentieth of the picture"
        ) { Double($0).flatMap { abs($0) <= 20 ? .zoom($0) : nil } },
        ControlVerb(
            "shift", "X Y", range: "two whole numbers from -10000 to 10000, pixels to the right and down",
            "look further right and down, in pixels of the camera's picture", arguments: shift),
        ControlVerb(
            "camera", "next|NAME", range: "next, or a camera's name or path", "have another camera drive",
            takesPath: true
        ) { words in
            let name = words.joined(separator: " ")
            return name.isEmpty ? nil : .chooseCamera(name == "next" ? .next : .named(name))
        },
        ControlVerb("reset", "look at what was looked at in the beginning", .resetCrop),
        ControlVerb("mirror", "show and send the avatar as in a mirror, or no longer, as key T does", .toggleMirror),
        ControlVerb(
            "quality", "auto|NUMBER", range: "auto, or a number from 0 (least work) to 1 (everything is computed)",
            "put as much work into pictures as there is room for, or so much"
        ) { QualityChoice(word: $0).map { .quality($0) } },
        gain(.mouth, "what the mouth does"), gain(.eyes, "what lids and gaze do"), gain(.brows, "what the brows do"),
        ControlVerb(
            "picture", "keep the next picture in your folder of pictures and print its path, as key V does",
            .keepPicture),
        ControlVerb(
            "record", "on|off", range: "on or off",
            "record to your folder of videos, of which on prints the path, or end that, as key Shift+V does"
        ) { ["on", "off"].contains($0) ? .record($0 == "on") : nil },
        ControlVerb(
            "view", ViewChange.words.map(\.word).joined(separator: "|"),
            range: ViewChange.words.map(\.word).joined(separator: ", "), "change what the window shows, as its keys do"
        ) { word in ViewChange.words.first { $0.word == word }.map { .view($0.change) } },
        ControlVerb(
            "status", "[json]", range: "json or nothing", "print speed, latency and calibration",
            arguments: { $0.isEmpty ? .status(json: false) : $0 == ["json"] ? .status(json: true) : nil }),
        ControlVerb("quit", "end the run", .quit),
    ]

    private static func gain(_ part: FacePart, _ doing: String) -> ControlVerb {
        ControlVerb(
            "\(part)-gain", "NUMBER", range: "a number from 0 to 2", "take over so much of \(doing); 1 is all of it"
        ) { Double($0).flatMap { MotionGains.range.contains($0) ? .gain(part, $0) : nil } }
    }

    private init(
        _ name: String, _ usage: String, range: String, _ meaning: String, takesPath: Bool = false,
        arguments: @escaping @Sendable ([String]) -> LiveCommand?
    ) {
        (self.name, self.arguments, self.range, self.meaning) = (name, usage, range, meaning)
        (self.takesPath, command) = (takesPath, arguments)
    }

    /// A command with one argument.
    private init(
        _ name: String, _ usage: String, range: String, _ meaning: String,
        argument: @escaping @Sendable (String) -> LiveCommand?
    ) {
        self.init(name, usage, range: range, meaning, arguments: { $0.count == 1 ? argument($0[0]) : nil })
    }

    /// A command without arguments.
    private init(_ name: String, _ meaning: String, _ command: LiveCommand) {
        self.init(name, "", range: "nothing after it", meaning, arguments: { $0.isEmpty ? command : nil })
    }

    @Sendable private static func shift(_ arguments: [String]) -> LiveCommand? {
        let numbers = arguments.compactMap { Int($0) }.filter { (-10_000...10_000).contains($0) }
        return arguments.count == 2 && numbers.count == 2 ? .shiftCrop(x: numbers[0], y: numbers[1]) : nil
    }
}

extension ViewChange {
    /// What the window's keys change, by the words that `puppet ctl view` takes.
    fileprivate static let words: [(word: String, change: ViewChange)] = [
        ("panes", .nextPanes), ("preview-mirror", .togglePreviewMirror), ("keypoints", .toggleKeypoints),
        ("guide", .toggleGuide), ("fainter-ghost", .changeGhost(by: -0.1)), ("stronger-ghost", .changeGhost(by: 0.1)),
        ("information", .toggleInfo), ("avatars", .toggleStrip(.avatars)),
        ("cameras", .toggleStrip(.cameras)), ("full-screen", .toggleFullScreen),
        ("help", .toggleHelp),
    ]
}

extension AvatarStep {
    /// - Parameter words: more than one where a name has spaces in it.
    fileprivate init?(words: [String]) {
        let spaced = words.joined(separator: " ")
        let text = String(spaced.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        switch text {
        case "": return nil
        case "next": self = .next
        case "previous": self = .previous
        case "random": self = .random
        default:
            guard Double(text) != nil, text.contains(where: \.isNumber) else {
                self = .named(text)
                return
            }
            guard let number = Int(text), (1...1_000_000).contains(number) else { return nil }
            self = .index(number - 1)
        }
    }
}
