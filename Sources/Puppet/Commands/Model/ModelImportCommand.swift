import ArgumentParser
import Foundation
import Models
import System

struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a model of a PyTorch checkpoint (.pth.tar) of the First Order Motion Model.",
        discussion: """
            The checkpoint is a Python pickle; it is read as data, and nothing in it is run. Only generator and kp_detector \
            are read. The model is float32 unless --half is given.
            """)

    @ParentCommand var puppet: Puppet

    @Argument(help: ArgumentHelp("The checkpoint.", valueName: "file.pth.tar"), completion: .file())
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

    @OptionGroup var overwriting: OverwriteOptions

    @OptionGroup var form: ReportOptions

    func run() throws {
        let interruption = Interruption()
        var settings = ModelImport.Settings()
        settings.name = name
        settings.config = config
        settings.alignCorners = alignCorners
        settings.half = half
        let work = ModelImport(into: ModelCommand.folder, settings)
        let target = try work.target(of: file)
        guard FileIdentity(path: target) != FileIdentity(path: file) else {
            throw ValidationError("\(file): the model would be written over it, at \(target); give it another --name.")
        }
        try overwriting.check([], files: [target])
        let bar = ProgressMeter(.bytes, "importing", isQuiet: puppet.quiet)
        let outcome = try withExtendedLifetime(interruption) {
            defer { bar.finish() }
            return try work.run(file) { bar.update($0, of: $1) }
        }
        try form.show(outcome)
    }
}
