import System

/// A file of settings that sets nothing: every option of a live run, with what it does.
enum SettingsTemplate {
    static var text: String {
        get throws {
            let program = try CommandHelp.program
            let run = program.subcommands?.first { $0.commandName == SettingsWords.commands[0] }
            let groups = (run?.groups ?? []).map { title, arguments in
                ([title.map { "# ---- \($0)\n" }].compactMap(\.self) + arguments.compactMap(lines)).joined(
                    separator: "\n")
            }
            return """
                # Settings of puppet, in TOML: options by their long names. What is typed wins.
                # Tables [animate], [calibrate] and [bench] are for these commands, [avatars.NAME] for runs that begin with
                # that avatar; an option that is called as a table is (calibrate) goes below [run] where there is that table. A line
                # without # counts, in runs that it suits.

                \(groups.joined(separator: "\n"))
                # ---- An avatar's own

                #[avatars.mona]
                #mouth-gain = 1.2

                """
        }
    }

    private static func lines(_ argument: CommandHelp.Argument) -> String? {
        guard let name = argument.names?.first(where: { $0.kind == "long" })?.name, name != SettingsWords.refused,
            !name.hasPrefix("no-")
        else { return nil }
        let text = wrapped(argument.meaning).map { "# \($0)\n" }.joined()
        return text + "#\(name) = \(example(argument))\n"
    }

    private static func example(_ argument: CommandHelp.Argument) -> String {
        if argument.kind == "flag" { return "true" }
        // See ManualPages.
        let value = argument.defaultValue ?? argument.allValues?.first ?? argument.value.replacing(">x<", with: "x")
        let word = Double(value) == nil ? "\"\(value)\"" : value
        return argument.isRepeating ? "[\(word)]" : word
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + word.count < 110 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
