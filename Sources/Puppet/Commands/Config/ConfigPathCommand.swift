import ArgumentParser

struct ConfigPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "path",
        abstract: "Says where the file of settings is, or would be.")

    func run() { StandardOutput.write(ConfigCommand.path) }
}
