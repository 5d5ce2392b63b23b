import FOMMCore
import Frames

/// Where models are looked for: the binary's own, a file, or by name in the user's data folder.
package struct ModelLocation: Sendable {
    private let folder: ModelFolder

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { folder = ModelFolder(environment: environment) }

    /// - Parameter model: a path (it has a `/` or ends as model and checkpoint files do), a name, or `nil` for the default
    ///   model.
    /// - Throws: ``PuppetError`` `.noModel`; for a name, the message says where it was looked for. ``WeightError`` for a
    ///   file that cannot be read.
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
