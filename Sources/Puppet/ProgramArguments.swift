import System

/// The command line: a file may be called by bytes that are no text, which Swift's own list has lost.
enum ProgramArguments {
    /// The program's name first.
    static let all: [String] = (0..<Int(CommandLine.argc)).compactMap { index in
        CommandLine.unsafeArgv[index].map { String(fileName: $0) }
    }
}
