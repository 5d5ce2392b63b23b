import System
import SystemPackage

/// Whether a window can be opened.
struct DisplayCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        let displays = ["WAYLAND_DISPLAY", "DISPLAY"].compactMap { name in
            system.environment[name].flatMap { $0.isEmpty ? nil : "\(name)=\($0)" }
        }
        guard displays.isEmpty else { return [.ok("display", displays.joined(separator: ", "))] }
        return [
            .note(
                "display", "there is none, so that no window opens",
                remedy: "start puppet in a desktop session, or give an --output that is not window")
        ]
    }
}

/// Whether video files beside Y4M can be read and written.
struct FFmpegCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        if let path = system.program("ffmpeg") { return [.ok("ffmpeg", path)] }
        return [
            .note(
                "ffmpeg", "not found; of video files only .y4m can be read and written",
                remedy: "sudo apt install ffmpeg")
        ]
    }
}

/// Whether the default model can be read.
struct ModelCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        do {
            return [.ok("model", "default, fingerprint \(try system.model())")]
        } catch {
            return [.problem("model", "the default model does not load: \(error)", remedy: "install puppet again")]
        }
    }
}

/// Whether calibrations can be kept, and where models are looked for by name.
struct DataFolderCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        let folder = dataFolder(system.environment)
        // What is not there yet is made in the nearest folder that is.
        var existing = folder[...]
        while !existing.isEmpty, !system.exists(String(existing)) {
            existing = existing[..<(existing.lastIndex(of: "/") ?? existing.startIndex)]
        }
        let place = existing.isEmpty ? "/" : String(existing)
        if system.isWritable(place) { return [.ok("data folder", folder)] }
        let remedy = "set XDG_DATA_HOME to a folder of yours"
        return [
            .note(
                "data folder", "\(folder) cannot be written (\(place) may not be), so that calibrations are forgotten",
                remedy: isBelowHome(place, system) ? "sudo chown -R $USER '\(place)', or \(remedy)" : remedy)
        ]
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
