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
