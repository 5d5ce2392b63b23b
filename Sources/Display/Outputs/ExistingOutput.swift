import System

/// What would be lost where an output is written.
public enum ExistingOutput: Sendable, Equatable {
    /// A file of that name.
    case file
    /// A folder with so many pictures that are called as those of a ``PNGFolder``.
    case pictures(Int)

    /// - Parameter path: of an output. Devices, FIFOs, `-`, `null` and `window` keep nothing that could be lost, and a file
    ///   whose name has no extension is refused anyway.
    /// - Returns: `nil` where nothing would be.
    public init?(output path: String) {
        guard !OutputWord.isOne(path), let kind = try? FileKind(path: path) else { return nil }
        let pictures = kind == .folder ? PNGFolder.numbers(in: path).count : 0
        if pictures > 0 {
            self = .pictures(pictures)
        } else if kind == .regular, fileExtension(of: path) != nil {
            self = .file
        } else {
            return nil
        }
    }

    /// - Parameter path: of another file that is written.
    /// - Returns: `nil` where nothing would be lost.
    public init?(file path: String) {
        guard (try? FileKind(path: path)) == .regular else { return nil }
        self = .file
    }

    /// For people, after the path and a colon.
    public var description: String {
        switch self {
        case .file: "it is there already"
        case .pictures(let count): "it holds \(count) numbered picture\(count == 1 ? "" : "s") already"
        }
    }

    public var pronoun: String { self == .file ? "it" : "them" }
}
