import ArgumentParser
import Foundation
import Models

struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the models that --model finds by name.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let listing = ModelListing(ModelCommand.folder)
        print(json ? try listing.json() : listing.table)
    }
}
