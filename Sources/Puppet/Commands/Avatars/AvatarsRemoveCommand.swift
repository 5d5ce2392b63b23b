import ArgumentParser
import Driving

struct AvatarsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes copies of pictures; what they were copied from stays.")

    @Argument(
        help: "What they are called, as 'puppet avatars list' says, with or without folder and extension.",
        completion: .custom { _, _, _ in Environment.avatars.names })
    var names: [String]

    func run() throws {
        for name in names { StandardOutput.write(try Environment.avatars.remove(name)) }
    }
}
