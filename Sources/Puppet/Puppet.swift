import ArgumentParser
import Glibc

@main
struct Puppet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "puppet",
        abstract: "Moves a portrait as the face in front of the camera moves. No GPU, no cloud.",
        usage: """
            puppet [--avatar FACE] [--camera SRC] [--output SINK]...
            puppet animate --driving SRC --output SINK [--avatar FACE]
            puppet bench
            """,
        discussion: """
            FACE is a PNG or JPEG portrait, or a folder of them. SRC is a .y4m file, - (Y4M on standard input), a folder \
            of pictures, any other video file (read through ffmpeg), or test, the built-in test camera. SINK is window, \
            a .y4m file, -, a folder (000001.png, ...), any other video file (through ffmpeg), or null.
            """,
        subcommands: [RunCommand.self, AnimateCommand.self, BenchCommand.self],
        defaultSubcommand: RunCommand.self)

    /// 0 done, 1 failed while running, 64 usage; a failure is one line on standard error.
    static func main() {
        signal(SIGPIPE, SIG_IGN)  // a reader that goes away is an error of write(), not the end of the process
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if exitCode(for: error) == .failure, !(error is ExitCode) {
                StandardError.write("puppet: \(error)")
                exit(withError: ExitCode.failure)
            }
            exit(withError: error)
        }
    }
}
