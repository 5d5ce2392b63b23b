import Foundation
import Logging
import System

/// Where progress, logs and failures go; data goes to standard output.
enum StandardError {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func write(_ line: String) { put(line.printable + "\n") }

    /// What somebody answers to on the same line.
    static func ask(_ question: String) { put(question.printable) }

    /// Rewrites the line the cursor is on.
    static func rewrite(_ line: String) { put("\r\u{1B}[K" + line.printable) }

    /// Standard error that is closed or full is nothing to fail for.
    private static func put(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// The program's logger.
    ///
    /// - Parameter level: `notice` is what a user wants to know, `debug` what a developer does.
    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "puppet") { _ in LogLines() }
        logger.logLevel = level
        return logger
    }
}

/// One plain line per message, without time stamps: the reader is a person at a terminal.
private struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { StandardError.write("puppet: \(event.message)") }
}
