import Assets
import Checkpoints
import FOMMCore
import System

/// Where models are looked for: the binary's own, a file, or by name in the user's data folder.
package struct ModelLocation: Sendable {
    private let folder: ModelFolder

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { folder = ModelFolder(environment: environment) }

    /// - Parameter model: a path (it has a `/` or ends as model and checkpoint files do), a name, or `nil` for the default
    ///   model.
    /// - Throws: ``PuppetError`` `.noModel`; for a name, the message says where it was looked for. ``WeightError`` for a
    ///   file that cannot be read, or is a checkpoint.
    package func openModel(_ model: String?) throws -> MappedFile {
        let file = try open(model)
        guard !Checkpoint.mayBeOne(file) else {
            throw WeightError(
                .notSafetensors, file: file.name, "a PyTorch checkpoint, not a model of puppet's",
                hint: "puppet model import makes one of it")
        }
        return file
    }

    /// The same; the file may be a checkpoint as well.
    package func open(_ model: String?) throws -> MappedFile {
        guard let model, model != "default" else { return EmbeddedAssets.model }
        let isPath = model.contains("/") || [".safetensors", ".tar", ".pth"].contains { model.hasSuffix($0) }
        let path = isPath ? model : folder.path(of: model)
        if case .missing = try? FileKind(path: path) {
            throw isPath
                ? PuppetError(.noModel, model, "there is no such model file", hint: "check the path")
                : PuppetError(
                    .noModel, model, "there is no model of this name: no file \(path)",
                    hint: "put it there, or give the path of a .safetensors file")
        }
        return try MappedFile(path: path)
    }
}
