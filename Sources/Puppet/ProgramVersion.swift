import Assets
import Display
import FOMMCore
import Frames

/// Which puppet this is, and what it computes with.
enum ProgramVersion {
    /// The newest release in CHANGELOG.md.
    static let number = "0.1.0"

    /// What `puppet --version` prints.
    static var text: String {
        let sets = InstructionSet.supported.map { $0.name == InstructionSet.best.name ? "\($0) (chosen)" : $0.name }
        let libraries = WindowLibraries.versions + ImageLibraries.versions + [MatrixLibrary.version]
        return """
            puppet \(number)
            commit: \(EmbeddedAssets.commit)
            instruction sets: \(sets.joined(separator: ", "))
            libraries: \(libraries.joined(separator: ", "))
            """
    }
}
