import ArgumentParser
import Foundation
import System

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Shows and changes the settings that every run begins with.",
        discussion: """
            They are in $XDG_CONFIG_HOME/puppet/config.toml: options by their long names, such as avatar = "~/face.png", \
            output = ["window", "pipewire"], paste = true. Those outside of tables are for live runs and what calibrate has in \
            common with them, those of \(SettingsWords.commands.map { "[\($0)]" }.joined(separator: ", ")) for these commands, \
            those of [avatars.NAME] for runs that begin with that avatar. What is typed wins.
            """,
        subcommands: [ConfigShowCommand.self, ConfigPathCommand.self, ConfigEditCommand.self])

    static var path: String { SettingsFile.path(ProcessInfo.processInfo.environment) }

    /// Why there are settings that cannot be used; `nil` where they can, or are not there.
    static var problem: PuppetError? {
        get throws {
            do {
                _ = try read()
                return nil
            } catch let error as PuppetError {
                return error
            }
        }
    }

    /// The settings, each of which some command takes; `nil` where there is no file.
    /// - Throws: ``PuppetError`` `.badConfig`.
    static func read() throws -> SettingsFile? {
        guard let file = try SettingsFile(path) else { return nil }
        try SettingsWords(file, home: ProcessInfo.processInfo.environment["HOME"] ?? "", .program).checkValues()
        return file
    }
}
