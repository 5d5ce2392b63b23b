import Testing

@testable import Live

@Suite("Commands of puppet ctl")
struct LiveCommandTests {
    private static let meant: [(String, LiveCommand)] = [
        ("calibrate", .calibrate), ("search", .toggleCalibrationSearch), ("avatar next", .showAvatar(.next)),
        ("avatar previous", .showAvatar(.previous)), ("avatar random", .showAvatar(.random)),
        ("avatar 3", .showAvatar(.index(2))), ("reload", .reloadAvatars), ("passthrough on", .passthrough(true)),
        ("passthrough off", .passthrough(false)), ("zoom -1.5", .zoom(-1.5)), ("shift -3 20", .shiftCrop(x: -3, y: 20)),
        ("reset", .resetCrop), ("mirror", .toggleMirror), ("quality auto", .quality(.auto)),
        ("quality 0.5", .quality(.fixed(0.5))),
        ("status", .status), ("quit", .quit),
    ]

    private func parse(_ line: String) -> LiveCommand? {
        LiveCommand(words: line.split(separator: " ").map { String($0) })
    }

    @Test(arguments: meant)
    func itIsUnderstood(_ line: String, _ command: LiveCommand) {
        #expect(parse(line) == command)
    }

    /// What the grammar shows to people is what is understood, with its capitals filled in and its choices taken.
    @Test func everyLineOfTheGrammarIsUnderstood() {
        var understood: Set<String> = []
        for (usage, meaning) in LiveCommand.grammar {
            #expect(!meaning.isEmpty, "\(usage) says nothing")
            let words = usage.split(separator: " ").map { $0.split(separator: "|").map { String($0) } }
            let lines = words.reduce([""]) { lines, choices in
                lines.flatMap { line in choices.map { "\(line) \($0 == $0.uppercased() ? "1" : $0)" } }
            }
            for line in lines { #expect(parse(line) != nil, "\"\(line)\" of \"\(usage)\" is no command") }
            understood.insert(words[0][0])
        }
        let known = Set(Self.meant.map { String($0.0.prefix { $0 != " " }) })
        #expect(understood == known, "the grammar and the table above")
    }

    @Test(
        arguments: [
            "", "calibrat", "calibrate now", "avatar", "avatar 0", "avatar -1", "avatar 1.5",
            "avatar 99999999999999999999",
            "passthrough", "passthrough yes", "quality", "quality 2", "quality best", "zoom", "zoom nan", "zoom inf",
            "zoom 21", "shift 1", "shift 1 x",
            "shift 10001 0", "shift 1 2 3", "QUIT", "quit quit",
        ])
    func anythingElseIsNot(_ line: String) {
        #expect(parse(line) == nil)
    }
}
