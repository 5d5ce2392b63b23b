import Foundation

/// A command as ArgumentParser describes it (`--experimental-dump-help`).
struct CommandHelp: Decodable {
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
        let isRepeating: Bool
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

    /// Of the whole program.
    static var program: CommandHelp {
        get throws { try JSONDecoder().decode(Document.self, from: Data(Puppet._dumpHelp().utf8)).command }
    }

    /// Commands of its own that people are told of.
    var commands: [CommandHelp] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }

    /// Arguments and options by the titles of their groups, in the order of `--help`; --help and --version are every program's.
    var groups: [(title: String?, arguments: [Argument])] {
        let shown = (arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.names?.last?.name)
        }
        var titles: [String?] = []
        for argument in shown where !titles.contains(argument.sectionTitle) { titles.append(argument.sectionTitle) }
        return titles.map { title in (title, shown.filter { $0.sectionTitle == title }) }
    }
}

extension CommandHelp.Argument {
    /// As it is typed, such as `--size`; empty for an argument without a name.
    var spelled: [String] { (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name } }

    /// What its value is called; empty for a flag.
    var value: String { kind == "flag" ? "" : valueName ?? "" }

    /// What it does, and what it may be.
    var meaning: String {
        (abstract ?? "") + ((allValues ?? []).isEmpty ? "" : " One of " + allValues!.joined(separator: ", ") + ".")
    }
}
