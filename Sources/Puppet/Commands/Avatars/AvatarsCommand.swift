import ArgumentParser

struct AvatarsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "avatars",
        abstract: "Keeps portraits of your own, which are shown where no --avatar is given.",
        discussion: """
            They are copies in $XDG_DATA_HOME/puppet/avatars. A live run begins with the first of them; keys and 'puppet ctl \
            avatar' show the others.
            """,
        subcommands: [AvatarsAddCommand.self, AvatarsListCommand.self, AvatarsRemoveCommand.self])
}
