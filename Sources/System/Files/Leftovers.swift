import Glibc
import SystemPackage

/// Recordings that a run left behind which was killed: hidden files of ``AtomicFile`` that nobody writes any more.
package enum Leftovers {
    /// - Parameter path: of a file that is to be written.
    /// - Returns: paths of those in its folder that can be played, sorted; none where the folder cannot be read.
    package static func beside(_ path: String) -> [String] {
        let folder = FilePath(finalTarget(path)).removingLastComponent()
        let names = (try? readFolder(folder.isEmpty ? "." : folder.string, hidden: true)) ?? []
        return names.filter(isRecording).sorted().map { folder.appending($0).string }.filter(isAbandoned)
    }

    /// `.puppet-PROCESS-NUMBER.EXTENSION`, but for the temporaries of what is no recording, and of half-made copies.
    private static func isRecording(_ name: String) -> Bool {
        name.wholeMatch(of: /\.puppet-\d+-\d+\.(?!tmp)\w+/) != nil
    }

    /// Whoever writes one holds a lock on it, and loses it with its life.
    private static func isAbandoned(_ path: String) -> Bool {
        guard fileSize(path) ?? 0 > 0, let file = try? OwnedDescriptor(reading: path) else { return false }
        return flock(file.rawValue, LOCK_SH | LOCK_NB) == 0
    }
}
