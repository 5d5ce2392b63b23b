import FOMMCore
import Frames

/// Where models are looked for: the binary's own, a file, or by name in the user's data folder.
package struct ModelLocation: Sendable {
    /// `$XDG_DATA_HOME/puppet/models`.
    private let folder: String

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { folder = dataFolder(environment) + "/models" }

    /// - Parameter model: a path (it has a `/` or ends in `.safetensors`), a name, or `nil` for the default model.
    /// - Throws: ``PuppetError`` `.noModel`; for a name, the message says where it was looked for. ``WeightError`` for a
    ///   file that cannot be read.
    package func open(_ model: String?) throws -> MappedFile {
        guard let model, model != "default" else { return EmbeddedAssets.model }
        let isPath = model.contains("/") || model.hasSuffix(".safetensors")
        let path = isPath ? model : "\(folder)/\(model).safetensors"
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
