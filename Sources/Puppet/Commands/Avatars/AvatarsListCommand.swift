import ArgumentParser
import Driving
import System

struct AvatarsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists your own portraits, in the order in which a run has them.")

    @OptionGroup var form: ReportOptions

    private struct Report: PrintableReport {
        let folder: String
        let avatars: [String]

        var table: String {
            avatars.isEmpty ? "\(folder) holds none: puppet avatars add FACE" : avatars.joined(separator: "\n")
        }
    }

    func run() throws {
        let folder = Environment.avatars
        try form.show(Report(folder: folder.path, avatars: try folder.files()))
    }
}
