import ArgumentParser

struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Changes this computer so that call apps find puppet.",
        subcommands: [SetupCameraCommand.self])
}
