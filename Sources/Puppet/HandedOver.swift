import System

/// Programs that have the terminal while they run: an editor, sudo, systemctl.
enum HandedOver {
    /// - Parameter words: the program, a path or a name, and its arguments.
    /// - Returns: its exit code; 128 and the signal's number for one that a signal has ended.
    /// - Throws: ``PuppetError`` `.unwell` where it cannot be started.
    static func run(_ words: [String]) throws(PuppetError) -> Int {
        do {
            return try ForegroundProgram.run(words)
        } catch {
            throw PuppetError(.unwell, words[0], "cannot be started: \(error)")
        }
    }
}
