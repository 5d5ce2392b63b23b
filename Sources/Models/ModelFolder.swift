import Foundation
import System

/// Where models are that have a name: `$XDG_DATA_HOME/puppet/models/NAME.safetensors`.
package struct ModelFolder: Sendable {
    package let path: String
    private static let suffix = ".safetensors"

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { path = dataFolder(environment) + "/models" }

    package func path(of name: String) -> String { "\(path)/\(name)\(Self.suffix)" }

    /// Of the models that are there, sorted.
    package var names: [String] {
        folderEntries(path).filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }.sorted()
    }

    /// Makes the folder where it is not there yet.
    /// - Throws: ``PuppetError`` `.noModel` where it cannot be made.
    func create() throws(PuppetError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw PuppetError(
                .noModel, path, "the folder of models cannot be made", hint: "set XDG_DATA_HOME to a folder of yours")
        }
    }

    /// - Returns: `name`, if it can be a model's: a file's name on any system, and no path.
    /// - Throws: ``PuppetError`` `.badName`.
    static func validated(_ name: String) throws(PuppetError) -> String {
        let isPlain = name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_.".unicodeScalars.contains($0)
        }
        guard isPlain, (1...64).contains(name.count), name.first != ".", name.first != "-", name != "default" else {
            throw PuppetError(
                .badName, name, "cannot be the name of a model",
                hint: "give up to 64 letters, digits, -, _ and ., such as vox-adv; default is the bundled model's")
        }
        return name
    }
}
