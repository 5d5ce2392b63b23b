import ArgumentParser
import Foundation
import Models

struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the models that --model finds by name.")

    @OptionGroup var form: ReportOptions

    func run() throws {
        let listing = ModelListing(ModelCommand.folder)
        try form.show(listing)
    }
}
