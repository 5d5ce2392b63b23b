import ArgumentParser
import Display
import Doctor
import Live

/// The manual pages, the shells' completions and examples, each from the table in the program that also does what it says; as they lie
/// below PREFIX/share.
enum ManualPages {
    /// Paths and texts.
    static var all: [(path: String, text: String)] {
        get throws {
            let program = try CommandHelp.program
            let pages = program.withPath(after: []).map { path, help in page(path, help, of: program) } + [keys]
            return pages + completions + CameraSetup.examples.map { ("doc/puppet/examples/\($0.0)", $0.1) }
        }
    }

    private static var completions: [(path: String, text: String)] {
        [
            ("bash-completion/completions/puppet", ShellCompletions.bash),
            ("zsh/site-functions/_puppet", ShellCompletions.zsh),
            ("fish/vendor_completions.d/puppet.fish", ShellCompletions.fish),
        ]
    }

    private static func page(
        _ path: [String], _ help: CommandHelp, of program: CommandHelp
    ) -> (path: String, text: String) {
        let name = path.joined(separator: "-")
        var page = Page(name, 1)
        page.section("NAME")
        let abstract = help.abstract ?? ""
        page.text("\(name) - \(abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract)")
        page.section("SYNOPSIS")
        page.synopsis(path.joined(separator: " "), help)
        if let discussion = help.discussion {
            page.section("DESCRIPTION")
            page.lines(discussion)
        }
        if !help.commands.isEmpty {
            page.section("COMMANDS")
            for command in help.commands {
                page.item("puppet-\((path.dropFirst() + [command.commandName]).joined(separator: "-"))(1)")
                page.text(command.abstract ?? "")
            }
        }
        for (title, arguments) in help.groups {
            page.section((title ?? "Options").uppercased())
            for argument in arguments {
                page.option(argument)
                page.text(argument.meaning)
            }
        }
        if path.count == 1 {
            page.section("EXIT STATUS")
            for status in ExitStatus.allCases {
                page.item("\(status.rawValue)")
                page.text(status.meaning)
            }
        }
        page.section("SEE ALSO")
        let others = program.withPath(after: []).map { "\($0.0.joined(separator: "-"))(1)" }.filter {
            $0 != name + "(1)"
        }
        page.text((others + ["puppet-keys(7)"]).joined(separator: ", "))
        return page.file
    }

    private static var keys: (path: String, text: String) {
        var page = Page("puppet-keys", 7)
        page.section("NAME")
        page.text("puppet-keys - keys in the window of puppet")
        page.section("KEYS")
        for key in WindowKey.all {
            page.item(key.label)
            page.text(key.sentence)
        }
        page.section("SEE ALSO")
        page.text("puppet(1), puppet-ctl(1)")
        return page.file
    }
}

/// A page in the macros of man(7).
private struct Page {
    private let name: String
    private let section: Int
    private var text: String

    init(_ name: String, _ section: Int) {
        (self.name, self.section) = (name, section)
        let kind = section == 1 ? "User Commands" : "Miscellaneous"
        text =
            ".\\\" Written by puppet from itself.\n.TH \(name.uppercased()) \(section) \"\" \"puppet \(ProgramVersion.number)\" \"\(kind)\"\n"
    }

    /// Where it lies, and what is in it.
    var file: (path: String, text: String) { ("man/man\(section)/\(name).\(section)", text) }

    mutating func section(_ title: String) { text += ".SH \(Self.escaped(title))\n" }

    mutating func text(_ line: String) { text += Self.escaped(line) + "\n" }

    /// Of a table: each on a line of its own, as it is.
    mutating func lines(_ lines: String) {
        let isTable = lines.contains("\n\n") == false && lines.contains("\n")
        if isTable { text += ".nf\n" }
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? ".PP\n" : Self.escaped(String(line)) + "\n"
        }
        if isTable { text += ".fi\n" }
    }

    mutating func item(_ term: String) { text += ".TP\n.B \(Self.escaped(term))\n" }

    mutating func option(_ argument: CommandHelp.Argument) {
        let names = argument.spelled.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
        // Brackets within the name of a value are those of the help, which shows <width>x<height>.
        let name = Self.escaped(argument.value).replacing(">x<", with: "\\fRx\\fI")
        let value = name.isEmpty ? "" : "\\fI\(name)\\fR"
        text += ".TP\n\([names, value].filter { !$0.isEmpty }.joined(separator: " "))\n"
    }

    mutating func synopsis(_ command: String, _ help: CommandHelp) {
        let arguments = help.groups.flatMap(\.arguments)
        let values = arguments.filter { $0.spelled.isEmpty }.map { "\\fI\(Self.escaped($0.value))\\fR" }
        let options = arguments.count > values.count ? ["[\\fIoption\\fR]..."] : []
        let commands = help.commands.isEmpty ? [] : ["[\\fIcommand\\fR]"]
        text += (["\\fB\(Self.escaped(command))\\fR"] + commands + options + values).joined(separator: " ") + "\n"
    }

    /// A hyphen that can be copied, and no line that begins as a request does.
    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}

extension CommandHelp {
    /// This command and all below it, with the names that lead to each.
    fileprivate func withPath(after path: [String]) -> [([String], CommandHelp)] {
        let path = path + [commandName]
        return [(path, self)] + commands.flatMap { $0.withPath(after: path) }
    }
}
