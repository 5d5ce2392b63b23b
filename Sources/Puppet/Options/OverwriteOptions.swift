import ArgumentParser
import Display
import Glibc
import System

/// Whether what is there already may be replaced.
struct OverwriteOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Replace files and pictures that are there already, without asking.")
    var force = false

    /// Asks for each path at which something would be replaced; where nobody can be asked, the answer is no.
    ///
    /// - Parameters:
    ///   - outputs: that will be written.
    ///   - files: that will be written beside them.
    /// - Throws: ``PuppetError`` `.alreadyThere` for the first one that is to stay.
    func check(_ outputs: [String], files: [String?]) throws(PuppetError) {
        guard !force else { return }
        let existing =
            outputs.map { ($0, ExistingOutput(output: $0)) }
            + files.compactMap { path in path.map { ($0, ExistingOutput(file: $0)) } }
        for case (let path, let existing?) in existing where !Self.mayReplace(path, existing) {
            throw PuppetError(
                .alreadyThere, path, existing.description,
                hint: "say --force to replace \(existing.pronoun), or give another name")
        }
    }

    private static func mayReplace(_ path: String, _ existing: ExistingOutput) -> Bool {
        guard StandardError.isTerminal, isatty(STDIN_FILENO) == 1 else { return false }
        StandardError.ask("puppet: \(path): \(existing.description); replace \(existing.pronoun)? (y/N) ")
        return readLine()?.lowercased().hasPrefix("y") == true
    }
}
