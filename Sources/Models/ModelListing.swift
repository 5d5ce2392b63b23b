import Assets
import FOMMCore
import Foundation
import System

/// What `puppet model list` prints: the bundled model and those in the user's folder.
package struct ModelListing: PrintableReport, Sendable {
    package struct Entry: Encodable, Sendable {
        package let name: String
        package let path: String?
        package let sizeBytes: Int
        package let animates: String
        package let dataset: String?
        /// Why it cannot be used; what needs the weights themselves is not looked at.
        package let problem: String?
    }

    package let folder: String
    package let models: [Entry]

    package init(_ folder: ModelFolder) {
        self.folder = folder.path
        models =
            [Self.entry("default", nil, .success(EmbeddedAssets.model))]
            + folder.names.map { name in
                let path = folder.path(of: name)
                return Self.entry(name, path, Result { () throws(WeightError) in try MappedFile(path: path) })
            }
    }

    private static func entry(_ name: String, _ path: String?, _ file: Result<MappedFile, WeightError>) -> Entry {
        do throws(WeightError) {
            let file = try file.get()
            let contents = try SafetensorsFile(file)
            _ = try ModelArchitecture(shapes: contents.shapes, file: file.name)
            return Entry(
                name: name, path: path, sizeBytes: file.bytes.count,
                animates: contents.metadata["puppet.animates"] ?? "faces", dataset: contents.metadata["puppet.dataset"],
                problem: nil)
        } catch {
            return Entry(
                name: name, path: path, sizeBytes: 0, animates: "", dataset: nil, problem: error.description)
        }
    }

    package var table: String {
        let width = 2 + (models.map(\.name.count).max() ?? 0)
        return models.map { model in
            let name = model.name.padding(toLength: width, withPad: " ", startingAt: 0)
            if let problem = model.problem { return name + problem }
            let size = "\(ModelInfo.megabytes(model.sizeBytes)) MB".padding(toLength: 10, withPad: " ", startingAt: 0)
            return name + size + model.animates + (model.path.map { "  \($0)" } ?? "  bundled")
        }.joined(separator: "\n")
    }
}
