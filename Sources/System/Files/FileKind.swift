import Glibc
import SystemPackage

/// What a path leads to, symbolic links followed.
package enum FileKind: Sendable {
    case missing, folder, regular
    /// A device, a FIFO or a socket: something to write into, never to replace.
    case special
    /// A disk, or a part of one: written, it would be lost.
    case disk

    /// - Throws: why the path cannot be examined, for example a folder on the way that may not be entered.
    package init(path: String) throws(Errno) {
        var status = stat()
        do throws(Errno) {
            _ = try systemCall { path.withFileName { stat($0, &status) } }
            self.init(status)
        } catch .noSuchFileOrDirectory {
            self = .missing
        }
    }

    package init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG: self = .regular
        case S_IFBLK: self = .disk
        default: self = .special
        }
    }
}

/// Whether `path` is that of a device: a character device's, or that of one which may be plugged in later.
///
/// A file in /dev/shm is none, nor is a pipe that a shell has put at /dev/fd.
package func isDevice(_ path: String) -> Bool {
    guard path.hasPrefix("/dev/") else { return false }
    var status = stat()
    guard path.withFileName({ stat($0, &status) }) == 0 else {
        return !path.hasPrefix("/dev/shm/") && !path.hasPrefix("/dev/fd/")
    }
    return status.st_mode & S_IFMT == S_IFCHR
}

/// The part of `path` after the last dot of its last component, in lower case; `nil` where there is none.
package func fileExtension(of path: String) -> String? {
    FilePath(path).extension.flatMap { $0.isEmpty ? nil : $0.lowercased() }
}

/// In bytes; `nil` where nothing can be said of it.
package func fileSize(_ path: String) -> Int? {
    var status = stat()
    return path.withFileName({ stat($0, &status) }) == 0 ? Int(status.st_size) : nil
}
