import ArgumentParser
import Foundation
import Live

struct CtlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "Asks a running puppet for something, for people without its window and for other programs.",
        discussion: LiveCommand.grammar.map { "\($0.usage): \($0.meaning)." }.joined(separator: "\n"))

    @Option(help: ArgumentHelp("Which puppet, where several are running.", valueName: "process"))
    var pid: Int32?

    // Unrecognised options are words, too: steps may be negative.
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("What to do, such as: calibrate, or avatar next.", valueName: "command"))
    var words: [String]

    func validate() throws {
        guard LiveCommand(words: words) != nil else {
            let usages = LiveCommand.grammar.map(\.usage).joined(separator: ", ")
            throw ValidationError("\"\(words.joined(separator: " "))\" is no command; there are: \(usages).")
        }
    }

    func run() throws {
        let client = ControlClient(ControlSocket(environment: ProcessInfo.processInfo.environment))
        print(try client.send(words, to: pid))
    }
}
