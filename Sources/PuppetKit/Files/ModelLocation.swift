import FOMMCore
import Frames

/// Where models are looked for: the binary's own, a file, or by name in the user's data folder.
package struct ModelLocation: Sendable {
    /// `$XDG_DATA_HOME/puppet/models`.
    private let folder: String

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/share"
        folder = "\(data)/puppet/models"
    }

    /// - Parameter model: a path (it has a `/` or ends in `.safetensors`), a name, or `nil` for the default model.
    /// - Throws: ``WeightError`` `.cannotOpen`; for a name, the message says where it was looked for.
    package func open(_ model: String?) throws(WeightError) -> MappedFile {
        guard let model, model != "default" else { return EmbeddedAssets.model }
        if model.contains("/") || model.hasSuffix(".safetensors") { return try MappedFile(path: model) }
        return try MappedFile(path: "\(folder)/\(model).safetensors")
    }
}
