import ArgumentParser
import System

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the settings, and says which of them no command could take.")

    @OptionGroup var form: ReportOptions

    func run() throws { try form.show(SettingsReport(ConfigCommand.path, try ConfigCommand.read())) }
}
