import ArgumentParser
import Capture
import Driving
import Foundation
import System

/// A command line, and what the user's settings add to it. What is typed wins.
struct SettingsWords {
    /// Commands that have settings; the first is that of a line without a command.
    static let commands = ["run", "animate", "calibrate", "bench"]
    /// Commands that settings outside of tables are for.
    private static let general: Set<String> = ["run", "calibrate"]
    /// The real face is never shown because of a line that somebody has forgotten.
    static let refused = "passthrough"
    /// Nothing that is typed takes it back.
    private static let binding = "never-passthrough"

    private let file: SettingsFile
    private let program: CommandHelp
    private let home: String
    /// The picture that runs begin with for which none is named.
    private let usualAvatar: String?

    /// The line to parse: the words given, and those of the settings, where the command has any.
    ///
    /// - Parameters:
    ///   - given: without the program's name.
    ///   - environment: of the process.
    /// - Throws: ``PuppetError`` `.badConfig`.
    static func completing(_ given: [String], _ environment: [String: String]) throws -> CompletedLine {
        let asTyped = CompletedLine(words: given)
        guard !given.contains(where: ["-h", "--help", "--version"].contains) else { return asTyped }
        let place = given.firstIndex { !["-v", "--verbose", "-q", "--quiet"].contains($0) } ?? given.endIndex
        let first = place < given.endIndex ? given[place] : ""
        let isNamed = commands.contains(first)
        guard isNamed || first.isEmpty || first.hasPrefix("-"),
            let file = try SettingsFile(SettingsFile.path(environment))
        else { return asTyped }
        let words = SettingsWords(
            file, home: environment["HOME"] ?? "",
            usualAvatar: (try? AvatarFolder(environment: environment).files())?.first,
            try .program)
        try words.check()
        return try words.completing(given, isNamed ? first : commands[0], at: isNamed ? place + 1 : 0)
    }

    init(_ file: SettingsFile, home: String, usualAvatar: String? = nil, _ program: CommandHelp) {
        (self.file, self.home, self.usualAvatar, self.program) = (file, home, usualAvatar, program)
    }

    /// - Throws: ``PuppetError`` `.badConfig` for the first setting whose name or kind no command could take.
    private func check() throws(PuppetError) {
        for setting in file.settings { _ = try words(for: setting) }
    }

    /// - Throws: ``PuppetError`` `.badConfig` for the first setting that no command could take.
    func checkValues() throws {
        try check()
        for command in Self.commands { _ = try completing(Self.shortest(command), command, at: 1) }
        for case .avatar(let name) in Set(file.settings.map(\.scope)) {
            _ = try completing(["--avatar", name], Self.commands[0], at: 0)
        }
    }

    /// What is typed for a setting.
    private func words(for setting: Setting) throws(PuppetError) -> [String] {
        let command: String
        switch setting.scope {
        case .general, .avatar: command = Self.commands[0]
        case .command(let name):
            guard Self.commands.contains(name) else {
                throw problem(
                    setting, "[\(name)] is no table of settings", line: file.line(ofTable: name),
                    hint: "there are \(Self.commands.map { "[\($0)]" }.joined(separator: ", ")) and [avatars.NAME]")
            }
            command = name
        }
        let options = SettingOption.all(of: command, in: program)
        guard let option = options.first(where: { $0.names.contains(setting.key) }) else {
            throw problem(
                setting, "\(setting.key) is no option of puppet \(command)", hint: "see puppet \(command) --help")
        }
        if setting.key == Self.refused {
            throw problem(
                setting, "\(setting.key) is nothing to be set once and for all: it shows your real face",
                hint: "say --\(setting.key) when you want it")
        }
        if case .avatar = setting.scope, option.names.contains("avatar") {
            throw problem(setting, "\(setting.key) is what this table is chosen by", hint: "leave it out")
        }
        do {
            return try option.words(
                setting.key, setting.value, isNamed: { name in options.contains { $0.names.contains(name) } },
                home: home)
        } catch {
            throw problem(setting, "\(setting.key): expected \(error.expected)", hint: "see puppet \(command) --help")
        }
    }

    private func problem(
        _ setting: Setting, _ detail: String, line: Int? = nil, hint: String
    ) -> PuppetError {
        PuppetError(.badConfig, "\(file.path):\(line ?? file.lineNumbers[setting] ?? 1)", detail, hint: hint)
    }

    private func completing(_ given: [String], _ command: String, at place: Int) throws -> CompletedLine {
        let options = SettingOption.all(of: command, in: program)
        func isTyped(_ key: String) -> Bool {
            let names = options.first { $0.names.contains(key) }?.names ?? []
            return (names + [SettingOption.opposite(of: key)]).contains { name in
                given.contains { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }
            }
        }
        let known = settings(for: command, given).filter { setting in
            options.contains { $0.names.contains(setting.key) }
        }
        let chosen = known.filter { !isTyped($0.key) }
        func line(_ settings: [Setting]) throws -> CompletedLine {
            var line = CompletedLine(words: given, file: file)
            for setting in settings { line.add(setting, try words(for: setting), at: place) }
            return line
        }
        let all = try line(chosen)
        var taken = chosen.filter { $0.key == Self.binding }
        guard !Self.parses(all.words), Self.parses(try line(taken).words) else { return all }
        try checkTogether(known, command)
        // One of them does not suit this run, or not what is typed, which then wins.
        for setting in chosen where Self.parses(try line(taken + [setting]).words) { taken.append(setting) }
        return try line(taken)
    }

    /// - Throws: ``PuppetError`` `.badConfig` where settings suit no run at all, for one without which they would.
    private func checkTogether(_ settings: [Setting], _ command: String) throws {
        guard let error = Self.error(command, try settings.flatMap(words)) else { return }
        let numbers = file.lineNumbers
        var found: [(setting: Setting, reason: String)] = []
        for setting in settings.sorted(by: { numbers[$0] ?? 0 < numbers[$1] ?? 0 }) {
            if let reason = Self.error(command, try words(for: setting)) {
                found = [(setting, Puppet.sentence(reason))]
                break
            }
            // Where all others are at home, this one is not.
            let others = try settings.filter { $0 != setting }.flatMap(words)
            if let occasion = Self.occasions(command).first(where: { Self.parses($0 + others) }),
                let reason = Self.error(occasion + others + (try words(for: setting)))
            {
                found.append((setting, Puppet.sentence(reason)))
            }
        }
        guard let first = found.first else { throw error }
        // The one that the sentence is about.
        let (setting, reason) = found.first { $0.reason.contains("--\($0.setting.key)") } ?? first
        throw problem(setting, reason, hint: "see puppet \(command) --help")
    }

    /// A command with no more than it cannot do without.
    private static func shortest(_ command: String) -> [String] {
        [command] + (command == "animate" ? ["--output", "null"] : [])
    }

    /// Those for a command, with the avatar's own instead of the others.
    private func settings(for command: String, _ given: [String]) -> [Setting] {
        let ofCommand = file.settings.filter { $0.scope == .command(command) }
        let general = file.settings.filter { setting in
            setting.scope == .general && Self.general.contains(command)
                && !ofCommand.contains { $0.key == setting.key }
        }
        let own = general + ofCommand
        let avatar =
            Self.avatar(given)
            ?? own.last { $0.key == "avatar" }.flatMap { setting in
                if case .word(let path) = setting.value { path } else { nil }
            } ?? usualAvatar
        let names = avatar.map { path in
            // Of a folder the first one.
            let path = (try? ImageFolder.picturePaths(in: path, ofAnyKind: true))?.first ?? path
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return Set([path, name, name.split(separator: ".").dropLast().joined(separator: ".")])
        }
        let ofAvatar = file.settings.filter { setting in
            if case .avatar(let name) = setting.scope { names?.contains(name) == true } else { false }
        }
        return own.filter { setting in !ofAvatar.contains { $0.key == setting.key } } + ofAvatar
    }

    private static func avatar(_ given: [String]) -> String? {
        for (index, word) in given.enumerated() {
            if word == "--avatar", index + 1 < given.count { return given[index + 1] }
            if word.hasPrefix("--avatar=") { return String(word.dropFirst("--avatar=".count)) }
        }
        return nil
    }

    /// Ways to give a command that an option may be for: with no more than it cannot do without, and with what others ask for.
    private static func occasions(_ command: String) -> [[String]] {
        let usual = shortest(command)
        guard command == commands[0] else { return [usual] }
        return [[], ["--delay-audio"], ["--delay-audio", "--output", "pipewire"], ["--output", "pipewire"]].map {
            usual + $0
        }
    }

    /// - Returns: why a command takes these words on no occasion, the first one's reason; `nil` where it takes them on some.
    private static func error(_ command: String, _ words: [String]) -> (any Error)? {
        let errors = occasions(command).map { error($0 + words) }
        return errors.contains { $0 == nil } ? nil : errors.first ?? nil
    }

    private static func parses(_ words: [String]) -> Bool { error(words) == nil }

    private static func error(_ words: [String]) -> (any Error)? {
        do {
            _ = try Puppet.parseAsRoot(words)
            return nil
        } catch {
            return error
        }
    }
}
