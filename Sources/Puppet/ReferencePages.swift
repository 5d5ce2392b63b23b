import Display
import Foundation
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
            let help = try JSONDecoder().decode(CommandHelp.Document.self, from: Data(Puppet._dumpHelp().utf8))
            return page(
                "Commands and options",
                """
                Without a command, `puppet` is `puppet run`. Of the pages beside this one, [keys.md](keys.md) has the keys \
                of its window, [ctl.md](ctl.md) what a running puppet can be asked for, and [exit-codes.md](exit-codes.md) \
                how runs end.
                """, help.command.sections(after: []))
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

/// A command as ArgumentParser describes it (`--experimental-dump-help`).
private struct CommandHelp: Decodable {
    struct Document: Decodable {
        let command: CommandHelp
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let shouldDisplay: Bool
        let sectionTitle: String?
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
    }

    let commandName: String
    let shouldDisplay: Bool
    let abstract: String?
    let discussion: String?
    let subcommands: [CommandHelp]?
    let arguments: [Argument]?

    /// A section for this command and for each of its own.
    ///
    /// - Parameter path: the commands above it.
    func sections(after path: [String]) -> String {
        let path = path + [commandName]
        // What has lines of its own is a table that has a page of its own.
        let texts = [abstract, discussion.flatMap { $0.contains("\n") && path.count > 1 ? nil : $0 }].compactMap { $0 }
        let own = ["## \(path.joined(separator: " "))"] + texts + tables
        let others = (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
        return (own + others.map { $0.sections(after: path) }).joined(separator: "\n\n")
    }

    /// A table for each group of options, in the order of `--help`; --help and --version are every program's.
    private var tables: [String] {
        let shown = (arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.names?.last?.name)
        }
        var titles: [String?] = []
        for argument in shown where !titles.contains(argument.sectionTitle) { titles.append(argument.sectionTitle) }
        return titles.map { title in
            (title.map { "**\($0)**\n\n" } ?? "")
                + ReferencePages.table(
                    ["option", "means", "default"], shown.filter { $0.sectionTitle == title }.map(\.row))
        }
    }
}

extension CommandHelp.Argument {
    fileprivate var row: [String] {
        let value = kind == "flag" ? "" : valueName.map { "<\($0)>" } ?? ""
        let spelled = (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }
        let usage =
            spelled.isEmpty ? "`\(value)`" : "`\(spelled.joined(separator: "`, `"))\(value.isEmpty ? "" : " " + value)`"
        let choices = (allValues ?? []).isEmpty ? "" : " One of " + allValues!.joined(separator: ", ") + "."
        return [usage, (abstract ?? "") + choices, kind == "flag" ? "" : defaultValue ?? ""]
    }
}
