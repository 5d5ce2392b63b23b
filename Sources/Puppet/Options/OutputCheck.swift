import ArgumentParser
import Display
import System

/// Refuses what is written where it would do harm or something else than it seems to.
///
/// - Parameters:
///   - others: options beside `--output` that write a file, with their values.
///   - inputs: options that name something to read, with their values: it must not be overwritten while it is read.
func checkOutputs(
    _ outputs: [String], others: [(option: String, path: String?)] = [],
    inputs: [(option: String, path: String?)], allowingWindow: Bool
) throws {
    if !allowingWindow, outputs.contains("window") {
        throw ValidationError("--output window: animate writes files; use puppet run for a window.")
    }
    var read: [FileIdentity: String] = [:]
    for (option, path) in inputs {
        guard let path, let identity = identity(of: path) else { continue }
        read[identity] = option
        for name in folderEntries(path) {
            if let picture = FileIdentity(path: "\(path)/\(name)") { read[picture] = option }
        }
    }
    var written: [FileIdentity: (option: String, path: String)] = [:]
    var words: Set<String> = []
    let files =
        outputs.map { (option: "--output", path: $0) }
        + others.compactMap { other in
            other.path.map { (option: other.option, path: $0) }
        }
    for (option, path) in files {
        if path.isEmpty { throw ValidationError("\(option): its value is empty; name a file.") }
        guard let identity = identity(of: path) else {
            guard words.insert(path).inserted else {
                throw ValidationError("\(option) \(path): given twice; name every output once.")
            }
            continue
        }
        if let reader = read[identity] {
            let why =
                (try? FileKind(path: path)) == .folder
                ? "the pictures of \(reader) are there and would be overwritten; choose another folder"
                : "that is what \(reader) reads; choose another file"
            throw ValidationError("\(option) \(path): \(why).")
        }
        if let other = written.updateValue((option, path), forKey: identity) {
            let same = other.path == path ? "given twice" : "the same as \(other.option) \(other.path)"
            throw ValidationError("\(option) \(path): \(same); name every output once.")
        }
    }
}

/// `nil` of what is a word and no path.
private func identity(of path: String) -> FileIdentity? {
    path == "test" || OutputWord.isOne(path) ? nil : FileIdentity(path: path)
}
