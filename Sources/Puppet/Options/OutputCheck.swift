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
        guard let path, let identity = path == "-" ? redirectedInput : identity(of: path) else { continue }
        read[identity] = option
        for name in folderEntries(path) {
            if let picture = FileIdentity(path: "\(path)/\(name)") { read[picture] = option }
        }
    }
    let files =
        outputs.map { (option: "--output", path: $0) }
        + others.compactMap { other in
            other.path.map { (option: other.option, path: $0) }
        }
    var written: [FileIdentity: (option: String, path: String)] = [:]
    var words: Set<String> = []
    for (option, path) in files {
        if path.isEmpty { throw ValidationError("\(option): its value is empty; name a file.") }
        let kind = path.prefix { $0 != ":" }
        let word = kind.lowercased() + path.dropFirst(kind.count)
        if OutputWord.isOne(word), !OutputWord.isOne(path) {
            throw ValidationError("\(option) \(path): say \(word), or ./\(path) for a file or folder of that name.")
        }
        guard let identity = identity(of: path == "-" ? "/dev/stdout" : path) else {
            guard words.insert(path).inserted else {
                throw ValidationError("\(option) \(path): given twice; name every output once.")
            }
            continue
        }
        if let why = harm(to: read, by: path, identity) { throw ValidationError("\(option) \(path): \(why).") }
        if let other = written.updateValue((option, path), forKey: identity) {
            let same = other.path == path ? "given twice" : "the same as \(other.option) \(other.path)"
            throw ValidationError("\(option) \(path): \(same); name every output once.")
        }
    }
    for (option, path) in files {
        let folder = PNGFolder.folder(ofPicture: path).flatMap { FileIdentity(path: $0) }
        if let other = folder.flatMap({ written[$0] }) {
            throw ValidationError(
                "\(option) \(path): \(other.option) writes a picture of that name; choose another name.")
        }
    }
}

/// What would be lost of what is read, and what to do instead.
///
/// - Parameters:
///   - read: which option reads it.
///   - path: of an output.
/// - Returns: `nil` where nothing would be.
private func harm(to read: [FileIdentity: String], by path: String, _ identity: FileIdentity) -> String? {
    let isFolder = (try? FileKind(path: path)) == .folder
    if let reader = read[identity] {
        return isFolder
            ? "the pictures of \(reader) are there and would be overwritten; choose another folder"
            : "that is what \(reader) reads; choose another file"
    }
    for name in isFolder ? PNGFolder.pictures(in: path) : [] {
        if let reader = FileIdentity(path: "\(path)/\(name)").flatMap({ read[$0] }) {
            return "\(name), which \(reader) reads, is there and would be overwritten; choose another folder"
        }
    }
    return nil
}

/// Of the file that standard input reads; `nil` where it is none.
private var redirectedInput: FileIdentity? {
    let path = "/dev/stdin"
    return (try? FileKind(path: path)) == .regular ? FileIdentity(path: path) : nil
}

/// `nil` of what is a word and no path.
private func identity(of path: String) -> FileIdentity? {
    path == "test" || OutputWord.isOne(path) ? nil : FileIdentity(path: path)
}
