import Glibc
import SystemPackage

/// Names in a folder but those that start with a dot; none where it cannot be read.
package func folderEntries(_ path: String) -> [String] { (try? readFolder(path)) ?? [] }

/// Names in a folder but those that start with a dot.
package func readFolder(_ path: String) throws(Errno) -> [String] {
    guard let folder = opendir(path) else { throw Errno(rawValue: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name)!
    // Only the name's own bytes are there to be read, so the entry must not be copied as a whole `dirent`.
    while let entry = readdir(folder) {
        let name = String(cString: (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self))
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

/// What a symbolic link says, as it stands; `nil` for anything else.
package func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { bytes in
        let count = readlink(path, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// The path with every link followed; as it stands where that fails.
package func resolvedPath(_ path: String) -> String {
    guard let memory = realpath(path, nil) else { return path }
    defer { free(memory) }
    return String(cString: memory)
}
