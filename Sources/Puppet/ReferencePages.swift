import Display
import Live

/// The pages of docs/reference in Markdown, each from the table in the program that also does what the page says.
enum ReferencePages {
    /// File names and texts.
    static var all: [(name: String, text: String)] {
        get throws {
            [("commands.md", try commands), ("keys.md", keys), ("ctl.md", ctl), ("exit-codes.md", exitCodes)]
        }
    }

    private static let note = "<!-- Written by `make pages` from the program itself: change that, not this page. -->"

    private static var commands: String {
        get throws {
            page(
                "Commands and options",
                """
                Without a command, `puppet` is `puppet run`. Of the pages beside this one, [keys.md](keys.md) has the keys \
                of its window, [ctl.md](ctl.md) what a running puppet can be asked for, and [exit-codes.md](exit-codes.md) \
                how runs end.
                """, try CommandHelp.program.sections(after: []))
        }
    }

    private static var keys: String {
        page(
            "Keys in the window", "They are avatarify's, but for H, which is help here.",
            table(["key", "does"], WindowKey.all.map { [$0.label, $0.sentence] }))
    }

    private static var ctl: String {
        let rows = ControlVerb.all.map { ["`\($0.usage)`", $0.meaning, $0.arguments.isEmpty ? "" : $0.range] }
        return page(
            "puppet ctl",
            """
            `puppet ctl COMMAND` asks a running puppet for something; where several run, `--pid PROCESS` says which. It \
            prints what the run answers, and ends with exit code 1 where the run refuses or none is there.
            """, table(["command", "does", "takes"], rows))
    }

    private static var exitCodes: String {
        page(
            "Exit codes",
            """
            A failure is one line on standard error that says what failed, on what, and what to do. Progress goes to \
            standard error, data (`--output -`, `--json`) to standard output.
            """, table(["code", "means"], ExitStatus.allCases.map { ["\($0.rawValue)", $0.meaning] }))
    }

    private static func page(_ title: String, _ introduction: String, _ body: String) -> String {
        "\(note)\n# \(title)\n\n\(introduction)\n\n\(body)\n"
    }

    /// - Parameter rows: of as many cells as the header has.
    fileprivate static func table(_ header: [String], _ rows: [[String]]) -> String {
        ([header, header.map { _ in "---" }] + rows).map { cells in
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }
}

extension CommandHelp {
    /// A section for this command and for each of its own.
    ///
    /// - Parameter path: the commands above it.
    fileprivate func sections(after path: [String]) -> String {
        let path = path + [commandName]
        // What has lines of its own is a table that has a page of its own.
        let texts = [abstract, discussion.flatMap { $0.contains("\n") && path.count > 1 ? nil : $0 }].compactMap { $0 }
        let own = ["## \(path.joined(separator: " "))"] + texts + tables
        return (own + commands.map { $0.sections(after: path) }).joined(separator: "\n\n")
    }

    private var tables: [String] {
        groups.map { title, arguments in
            (title.map { "**\($0)**\n\n" } ?? "")
                + ReferencePages.table(["option", "means", "default"], arguments.map(\.row))
        }
    }
}

extension CommandHelp.Argument {
    fileprivate var row: [String] {
        let value = value.isEmpty ? "" : "<\(value)>"
        let usage =
            spelled.isEmpty ? "`\(value)`" : "`\(spelled.joined(separator: "`, `"))\(value.isEmpty ? "" : " " + value)`"
        return [usage, meaning, kind == "flag" ? "" : defaultValue ?? ""]
    }
}
