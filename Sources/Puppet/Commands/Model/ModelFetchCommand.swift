import ArgumentParser
import Foundation
import Models
import System

struct ModelFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Downloads a published checkpoint from its public home, checks it, and imports it.",
        discussion: "There are: "
            + PublishedModel.all.map { "\($0.name) (\($0.description))" }.joined(separator: ", ")
            + ". A download that breaks off goes on where it stopped when you say the same again.")

    @ParentCommand var puppet: Puppet

    @Argument(help: "Which one.", completion: .list(PublishedModel.all.map(\.name)))
    var name: String

    @Option(
        help: ArgumentHelp(
            "Fetch it from there instead, such as a mirror in your network; http is allowed.", valueName: "url"))
    var url: String?

    @Flag(help: "Store convolutions as float16: half the size, the same speed.")
    var half = false

    @Flag(help: "Keep the checkpoint beside the model.")
    var keep = false

    @OptionGroup var form: ReportOptions

    func validate() throws {
        guard PublishedModel.named(name) != nil else {
            throw ValidationError(
                "\(name): not a published model; there are \(PublishedModel.all.map(\.name).joined(separator: ", ")).")
        }
    }

    func run() throws {
        guard let model = PublishedModel.named(name) else { return try validate() }
        let interruption = Interruption()
        let fetch = ModelFetch(
            into: ModelCommand.folder, model, address: url, searchPath: Environment.searchPath,
            environment: ProcessInfo.processInfo.environment)
        let download = ProgressMeter(.bytes, "fetching", isQuiet: puppet.quiet)
        let conversion = ProgressMeter(.bytes, "importing", isQuiet: puppet.quiet)
        let outcome = try withExtendedLifetime(interruption) {
            defer {
                download.finish()
                conversion.finish()
            }
            return try fetch.run(half: half, keepsCheckpoint: keep) { progress in
                switch progress {
                case .downloading(let bytes, let total): download.update(bytes, of: total)
                case .importing(let done, let total): conversion.update(done, of: total)
                }
            }
        }
        try form.show(outcome)
    }
}
