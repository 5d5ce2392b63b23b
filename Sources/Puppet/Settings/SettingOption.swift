import System

/// An option as a setting names it.
struct SettingOption {
    /// Long names, without hyphens; any of them will do.
    let names: [String]
    let isFlag: Bool
    let isRepeating: Bool

    /// Of a command, and of the whole program.
    static func all(of command: String, in program: CommandHelp) -> [SettingOption] {
        let own = program.subcommands?.first { $0.commandName == command }?.arguments ?? []
        return (own + (program.arguments ?? [])).compactMap { argument in
            let names = (argument.names ?? []).filter { $0.kind == "long" }.map(\.name)
            guard !names.isEmpty, !["help", "version"].contains(names[0]) else { return nil }
            return SettingOption(names: names, isFlag: argument.kind == "flag", isRepeating: argument.isRepeating)
        }
    }

    /// What the option is called that says the opposite of a flag, where there is one.
    static func opposite(of key: String) -> String { key.hasPrefix("no-") ? String(key.dropFirst(3)) : "no-\(key)" }

    /// What is typed for a value; nothing for a flag that is off anyway.
    ///
    /// - Parameters:
    ///   - key: one of ``names``.
    ///   - isNamed: whether the command has an option of this name.
    ///   - home: what `~/` at the beginning of a path stands for.
    /// - Throws: what is wrong with the value.
    func words(
        _ key: String, _ value: Setting.Value, isNamed: (String) -> Bool, home: String
    ) throws(Problem) -> [String] {
        func word(_ text: String) -> String {
            "--\(key)=" + (text.hasPrefix("~/") ? home + text.dropFirst() : text)
        }
        switch value {
        case .isOn(let isOn) where isFlag:
            let opposite = Self.opposite(of: key)
            return isOn ? ["--\(key)"] : isNamed(opposite) ? ["--\(opposite)"] : []
        case .word(let text) where !isFlag: return [word(text)]
        case .words(let texts) where !isFlag && isRepeating: return texts.map(word)
        case .words where !isFlag: throw Problem(expected: "one value")
        default: throw Problem(expected: isFlag ? "true or false" : "text or a number")
        }
    }

    struct Problem: Error {
        let expected: String
    }
}
