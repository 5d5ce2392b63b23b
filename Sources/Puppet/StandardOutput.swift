import Foundation
import System

/// Where data goes; progress, logs and failures go to ``StandardError``.
enum StandardOutput {
    private static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Lines that name files: another program gets the names as they are, a terminal what it can show.
    static func write(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = isTerminal ? lines.map { String($0).printable }.joined(separator: "\n") : text
        shown.withFileName { _ = puts($0) }
    }
}
