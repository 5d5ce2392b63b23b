import System
import SystemPackage

/// Whether calibrations can be kept, and where models are looked for by name.
struct DataFolderCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        let folder = dataFolder(system.environment)
        // What is not there yet is made in the nearest folder that is.
        var existing = folder[...]
        while !existing.isEmpty, !system.exists(String(existing)) {
            existing = existing[..<(existing.lastIndex(of: "/") ?? existing.startIndex)]
        }
        let place = existing.isEmpty ? "/" : String(existing)
        if system.isWritable(place) { return .ok("data folder", folder) }
        let remedy = "set XDG_DATA_HOME to a folder of yours"
        return .note(
            "data folder", "\(folder) cannot be written (\(place) may not be), so that calibrations are forgotten",
            remedy: isBelowHome(place, system) ? "sudo chown -R $USER '\(place)', or \(remedy)" : remedy)
    }

    /// Whether changing a folder's owner can harm nobody but the user: it is below the home, and that is no folder of the
    /// system, as those of service accounts are.
    private func isBelowHome(_ folder: String, _ system: DoctorSystem) -> Bool {
        let home = FilePath(system.environment["HOME"] ?? "").lexicallyNormalized()
        guard home.isAbsolute, let top = home.components.first?.string, !Self.systemFolders.contains(top),
            home.components.count > 1 || top == "root"
        else { return false }
        let path = FilePath(folder).lexicallyNormalized()
        return path.starts(with: home) && path != home && !folder.contains("'")
    }

    private static let systemFolders: Set = [
        "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr",
    ]
}
