import ArgumentParser
import Foundation

/// For those who change the program: `make pages`.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Writes the pages of docs/reference.",
        shouldDisplay: false)

    @Argument(help: "Where to; made where it is missing.")
    var folder: String

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in try ReferencePages.all {
            try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
        }
    }
}
