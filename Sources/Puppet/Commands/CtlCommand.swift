import ArgumentParser
import Foundation
import Live
import System

struct CtlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "Asks a running puppet for something, for people without its window and for other programs.",
        discussion: ControlVerb.all.map { verb in
            "\(verb.usage): \(verb.meaning)" + (verb.arguments.isEmpty ? "." : "; takes \(verb.range).")
        }.joined(separator: "\n"))

    @Option(help: ArgumentHelp("Which puppet, where several are running.", valueName: "process"))
    var pid: Int32?

    @OptionGroup var form: ReportOptions

    // Unrecognised options are words, too: steps may be negative.
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("What to do, such as: calibrate, or avatar next.", valueName: "command"),
        completion: .custom { line, index, _ in ControlVerb.offers(after: words(of: line.prefix(index))) })
    var words: [String]

    func validate() throws {
        if let pid, pid < 1 { throw ValidationError("--pid \(pid): expected 1 or more.") }
        do throws(PuppetError) {
            _ = try LiveCommand(words: words)
        } catch {
            throw ValidationError("\(error).")
        }
    }

    func run() throws {
        let client = ControlClient(ControlSocket(environment: ProcessInfo.processInfo.environment))
        let answersJSON = form.json && words == ["status"]
        switch try client.send(answersJSON ? ["status", "json"] : sentWords, to: pid) {
        case .refused(let reason): throw PuppetError(.badCommand, "ctl", reason)
        case .done(let text) where answersJSON: print(text)
        case .done(let text) where form.json: print(try lineOfJSON(["answer": text]))
        case .done(let text): print(CommandAnswer.done(text).line)
        }
    }

    /// What to do, as far as it is typed.
    private static func words(of line: ArraySlice<String>) -> [String] {
        line.drop { $0 != "ctl" }.dropFirst().filter { !$0.hasPrefix("-") }
    }

    /// The run may be in another folder.
    private var sentWords: [String] {
        guard words.first == "open", words.count == 2, !words[1].hasPrefix("/") else { return words }
        return ["open", FileManager.default.currentDirectoryPath + "/" + words[1]]
    }
}
