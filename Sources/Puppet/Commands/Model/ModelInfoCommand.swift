import ArgumentParser
import FOMMCore
import Foundation
import Models

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tells what a model or checkpoint is, what a frame of it costs, and whether it works.",
        discussion: "The check runs it once on the bundled portrait. A checkpoint is looked at without importing it.")

    @Argument(
        help: ArgumentHelp(
            "A .safetensors model, a .pth.tar checkpoint, the name of a model, or default.", valueName: "file|name"),
        completion: .file())
    var model: String

    @OptionGroup var form: ReportOptions

    func run() throws {
        let interruption = Interruption()
        let environment = ProcessInfo.processInfo.environment
        let info = try withExtendedLifetime(interruption) {
            try ModelInfo(
                model, ModelLocation(environment: environment).open(model),
                threads: ComputeCores.count)
        }
        try form.show(info)
    }
}
