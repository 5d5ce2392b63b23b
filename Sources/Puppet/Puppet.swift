import ArgumentParser
import Foundation
import Glibc
import Logging
import System

@main
struct Puppet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "puppet",
        abstract: "Moves a portrait as the face in front of the camera moves. No GPU, no cloud.",
        usage: """
            puppet [--avatar FACE] [--camera SRC] [--output SINK]...
            puppet animate --driving SRC --output SINK [--avatar FACE]
            puppet calibrate [--avatar FACE] [--camera SRC]
            puppet check FACE...
            puppet devices
            puppet doctor
            puppet bench
            puppet model import FILE.pth.tar
            puppet model quantize --driving SRC
            puppet avatars add FACE...
            puppet config edit
            puppet setup camera
            puppet service enable
            """,
        discussion: """
            FACE is a portrait, or a folder of them. SRC is a camera (/dev/video0), a .y4m file, - (Y4M on \
            standard input), a folder of pictures, any other video file (read through ffmpeg), or test, the built-in \
            test camera. SINK is window, pipewire or a v4l2loopback device (/dev/video10), which call apps see as a \
            camera, a .y4m file, -, a folder (000001.png, ...), any other video file (through ffmpeg), or null.

            Exit code: \(ExitStatus.allCases.map { "\($0.rawValue), \($0.meaning)" }.joined(separator: "; ")). A failure is \
            one line on standard error: what failed, on what, and what to do. Progress goes there, too; data (--output -, \
            --json) goes to standard output.
            """,
        version: ProgramVersion.text,
        subcommands: [
            RunCommand.self, AnimateCommand.self, CalibrateCommand.self, CheckCommand.self, CtlCommand.self,
            DevicesCommand.self,
            DoctorCommand.self, BenchCommand.self, ModelCommand.self, AvatarsCommand.self, ConfigCommand.self,
            SetupCommand.self, ServiceCommand.self,
            ReferenceCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    /// Read here for all commands, so that it may stand before a command's name as well as behind it.
    @Flag(name: .shortAndLong, help: "Say more about what happens; before or behind a command's name.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and failures; before or behind a command's name.")
    var quiet = false

    /// Tells the user what the chosen command does.
    var logger: Logger { StandardError.logger(quiet ? .warning : verbose ? .debug : .notice) }

    func validate() throws {
        if verbose, quiet { throw ValidationError("--verbose and --quiet: say one of them.") }
    }

    /// Ends with an ``ExitStatus``; a failure is one line on standard error.
    static func main() {
        signal(SIGPIPE, SIG_IGN)  // a reader that goes away is an error of write(), not the end of the process
        var line = CompletedLine(words: ProgramArguments.all.dropFirst().joiningNegativeNumbers())
        do {
            line = try SettingsWords.completing(line.words, ProcessInfo.processInfo.environment)
            var command = try parseAsRoot(line.words)
            try command.run()
        } catch {
            end(with: error, line)
        }
    }

    private static func end(with error: any Error, _ line: CompletedLine) {
        let code = exitCode(for: error)
        if error is ExitCode { exit(withError: error) }  // the user has been told
        if code == .success { exit(withError: error) }  // help or the version, which goes to standard output
        StandardError.write(
            "puppet: " + (code == .validationFailure ? usageLine(for: error, line) : line.located("\(error)")))
        exit(withError: code)
    }

    private static func isFile(_ path: String) -> Bool { ![.missing, nil].contains(try? FileKind(path: path)) }

    /// What is wrong with the command line, and where to read on.
    private static func usageLine(for error: any Error, _ line: CompletedLine) -> String {
        // Commands may have commands of their own: puppet model import.
        var (commands, path) = (configuration.subcommands, ["puppet"])
        for argument in ProgramArguments.all.dropFirst()
        where !["-v", "--verbose", "-q", "--quiet"].contains(argument) {
            guard let command = commands.first(where: { $0.configuration.commandName == argument }) else { break }
            path.append(argument)
            commands = command.configuration.subcommands
        }
        let help = (path + ["--help"]).joined(separator: " ")
        let dashed = ProgramArguments.all.dropFirst().first { $0.hasPrefix("-") && $0 != "-" && isFile($0) }
        let advice = dashed.map { " (to name the file \($0), write ./\($0))" } ?? ""
        return "\(line.located(sentence(error)))\(advice); see \(help)"
    }

    /// What is wrong with a command line: one line, without a full stop.
    static func sentence(_ error: any Error) -> String {
        let detail = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        return detail.hasSuffix(".") ? String(detail.dropLast()) : detail
    }
}
