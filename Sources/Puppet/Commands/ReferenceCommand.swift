import ArgumentParser
import Foundation

/// For those who change the program or pack it: `make pages`, `make install`.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Writes the pages of docs/reference, or what is installed beside the program.",
        shouldDisplay: false)

    @Flag(help: "Write manual pages and completions, as they lie in PREFIX/share, instead of the pages.")
    var share = false

    @Argument(help: "Where to; made where it is missing.")
    var folder: String

    func run() throws {
        let files = try share ? ManualPages.all : ReferencePages.all.map { (path: $0.name, text: $0.text) }
        for (path, text) in files {
            let url = URL(filePath: folder).appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }
}
