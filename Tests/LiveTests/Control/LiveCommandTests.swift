import System
import Testing

@testable import Live

@Suite("Commands of puppet ctl")
struct LiveCommandTests {
    private static let meant: [(String, LiveCommand)] = [
        ("calibrate", .calibrate), ("search", .toggleCalibrationSearch), ("avatar next", .showAvatar(.next)),
        ("avatar previous", .showAvatar(.previous)), ("avatar random", .showAvatar(.random)),
        ("avatar 3", .showAvatar(.index(2))),
        ("avatar mona lisa", .showAvatar(.named("mona lisa"))), ("avatar Nan", .showAvatar(.named("Nan"))),
        ("avatar mo  na", .showAvatar(.named("mo  na"))),
        ("reload", .reloadAvatars), ("passthrough on", .passthrough(true)),
        ("passthrough off", .passthrough(false)), ("zoom -1.5", .zoom(-1.5)), ("shift -3 20", .shiftCrop(x: -3, y: 20)),
        ("reset", .resetCrop), ("mirror", .toggleMirror), ("quality auto", .quality(.auto)),
        ("quality 0.5", .quality(.fixed(0.5))),
        ("mouth-gain 0.5", .gain(.mouth, 0.5)),
        ("eyes-gain 2", .gain(.eyes, 2)), ("brows-gain 0", .gain(.brows, 0)), ("picture", .keepPicture),
        ("record on", .record(true)), ("record off", .record(false)), ("face next", .showFace(nil)),
        ("face 2", .showFace(2)), ("open /a/b  c.png", .openAvatar(path: "/a/b  c.png")),
        ("view panes", .view(.nextPanes)), ("view fainter-ghost", .view(.changeGhost(by: -0.1))),
        ("view avatars", .view(.toggleStrip(.avatars))),
        ("camera next", .chooseCamera(.next)), ("camera BRIO  4K", .chooseCamera(.named("BRIO  4K"))),
        ("view cameras", .view(.toggleStrip(.cameras))), ("status", .status(json: false)),
        ("status json", .status(json: true)),
        ("avatar  3 ", .showAvatar(.index(2))), ("quit", .quit),
    ]

    private func parse(_ line: String) throws(PuppetError) -> LiveCommand {
        try LiveCommand(words: line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) })
    }

    @Test(arguments: meant)
    func itIsUnderstood(_ line: String, _ command: LiveCommand) throws {
        #expect(try parse(line) == command)
    }

    /// What the table shows to people is what is understood, with its capitals filled in and its choices taken.
    @Test func everyLineOfTheTableIsUnderstood() {
        for verb in ControlVerb.all {
            #expect(!verb.meaning.isEmpty && !verb.range.isEmpty, "\(verb.name) says nothing")
            let words = verb.usage.split(separator: " ").map {
                $0.split(separator: "|").map { String($0.filter { !"[]".contains($0) }) }
            }
            let lines = words.reduce([""]) { lines, choices in
                lines.flatMap { line in choices.map { "\(line) \($0 == $0.uppercased() ? "1" : $0)" } }
            }
            for line in lines { #expect(throws: Never.self, "\"\(line)\"") { try parse(line) } }
        }
        let known = Set(Self.meant.map { String($0.0.prefix { $0 != " " }) })
        #expect(Set(ControlVerb.all.map(\.name)) == known, "the table and the one above")
    }

    /// Each of these is refused with what the command takes, or with what commands there are.
    @Test(
        arguments: [
            "", " ", "calibrat", "calibrate now", "avatar", "avatar 0", "avatar -1", "avatar 1.5",
            "avatar 99999999999999999999",
            "passthrough", "passthrough yes", "quality", "quality 2", "quality best", "zoom", "zoom nan", "zoom inf",
            "zoom 21", "mouth-gain", "mouth-gain 2.1", "eyes-gain -1", "brows-gain nan", "shift 1", "shift 1 x",
            "record", "record maybe", "face", "face 0", "face -1", "face last", "camera", "open", "open ", "view",
            "view all",
            "status xml", "shift 10001 0", "shift 1 2 3", "QUIT", "quit quit",
        ])
    func anythingElseIsNot(_ line: String) throws {
        let error = try #require(throws: PuppetError.self) { try parse(line) }
        #expect(error.code == .badCommand)
        let name = line.prefix { $0 != " " }
        if let verb = ControlVerb.all.first(where: { $0.name == name }) {
            #expect("\(error)" == "\(line): takes \(verb.range)")
        } else {
            #expect("\(error)".contains("is no command; there are calibrate, search, avatar, "), "\(error)")
        }
    }
}
