import Glibc
import SystemPackage

/// Names in a folder but those that start with a dot; none where it cannot be read.
package func folderEntries(_ path: String) -> [String] { (try? readFolder(path)) ?? [] }

/// Names in a folder.
///
/// - Parameter hidden: whether those that start with a dot are among them.
package func readFolder(_ path: String, hidden: Bool = false) throws(Errno) -> [String] {
    guard let folder = path.withFileName({ opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name)!
    // Only the name's own bytes are there to be read, so the entry must not be copied as a whole `dirent`.
    while let entry = readdir(folder) {
        let name = String(fileName: (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self))
        if hidden || !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

/// What a symbolic link says, as it stands; `nil` for anything else.
package func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { bytes in
        let count = path.withFileName {
            readlink($0, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
        }
        return count < 0 ? nil : String(fileName: bytes[..<count])
    }
}

/// Where a file that is written at `path` is in the end: a link leads on, also to what is not there yet.
package func finalTarget(_ path: String) -> String {
    var path = FilePath(path)
    for _ in 0..<40 {  // as many as the kernel follows
        guard let link = linkTarget(path.string) else { break }
        path = path.removingLastComponent().pushing(FilePath(link))
    }
    return path.string
}

/// The path with every link followed; as it stands where that fails.
package func resolvedPath(_ path: String) -> String {
    guard let memory = path.withFileName({ realpath($0, nil) }) else { return path }
    defer { free(memory) }
    return String(fileName: memory)
}
