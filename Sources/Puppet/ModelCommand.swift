import ArgumentParser
import Foundation
import Models

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Imports published checkpoints, and tells what a model is.",
        discussion: """
            Models have names: puppet --model NAME finds NAME.safetensors in $XDG_DATA_HOME/puppet/models, which import \
            and fetch put there.
            """,
        subcommands: [
            ModelImportCommand.self, ModelFetchCommand.self, ModelInfoCommand.self, ModelListCommand.self,
            ModelQuantizeCommand.self,
        ])

    static var folder: ModelFolder { ModelFolder(environment: ProcessInfo.processInfo.environment) }
}

struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a model of a PyTorch checkpoint (.pth.tar) of the First Order Motion Model.",
        discussion: """
            The checkpoint is a Python pickle; it is read as data, and nothing in it is run. Only generator and kp_detector \
            are read. The model is float32 unless --half is given.
            """)

    @Argument(help: ArgumentHelp("The checkpoint.", valueName: "file.pth.tar"))
    var file: String

    @Option(help: "What to call the model. (default: the file's name without -cpk.pth.tar)")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "The YAML file it was trained with, or the name of a published one, such as vox-adv-256.",
            valueName: "config.yaml"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Whether its grid_sample put -1 and 1 at the centres of the outermost pixels, as in PyTorch before 1.3. (default: true)",
            valueName: "true|false"))
    var alignCorners: Bool?

    @Flag(help: "Store convolutions as float16: half the size, the same speed.")
    var half = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let interruption = Interruption()
        var settings = ModelImport.Settings()
        settings.name = name
        settings.config = config
        settings.alignCorners = alignCorners
        settings.half = half
        let bar = ProgressBar(.bytes, "importing")
        let outcome = try withExtendedLifetime(interruption) {
            defer { bar.finish() }
            return try ModelImport(into: ModelCommand.folder, settings).run(file) { bar.update($0, of: $1) }
        }
        print(json ? try outcome.json() : outcome.table)
    }
}

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tells what a model or checkpoint is, what a frame of it costs, and whether it works.",
        discussion: "The check runs it once on the bundled portrait. A checkpoint is looked at without importing it.")

    @Argument(
        help: ArgumentHelp(
            "A .safetensors model, a .pth.tar checkpoint, the name of a model, or default.", valueName: "file|name"))
    var model: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let interruption = Interruption()
        let environment = ProcessInfo.processInfo.environment
        let info = try withExtendedLifetime(interruption) {
            try ModelInfo(
                model, ModelLocation(environment: environment).open(model),
                threads: ProcessInfo.processInfo.activeProcessorCount)
        }
        print(json ? try info.json() : info.table)
    }
}

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
