/// A folder that the desktop keeps for its user.
package enum UserFolder: String, Sendable {
    case pictures = "Pictures"
    case videos = "Videos"

    /// Where it is: `XDG_PICTURES_DIR` or `XDG_VIDEOS_DIR`, of the environment or of `user-dirs.dirs`, which xdg-user-dirs
    /// writes; else ~/Pictures or ~/Videos where there is one, else the user's own folder.
    ///
    /// - Parameter environment: of the process; these, `XDG_CONFIG_HOME` and `HOME` are read.
    package func path(_ environment: [String: String]) -> String {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let folder = absolute(key) { return folder }
        guard let home = absolute("HOME") else { return "." }
        let settings = "\(absolute("XDG_CONFIG_HOME") ?? "\(home)/.config")/user-dirs.dirs"
        if let folder = path(in: settings, home) { return folder }
        return (try? FileKind(path: "\(home)/\(rawValue)")) == .folder ? "\(home)/\(rawValue)" : home
    }

    private var key: String { "XDG_\(rawValue.uppercased())_DIR" }

    /// What a line such as `XDG_PICTURES_DIR="$HOME/Bilder"` says. The file is one of the user's settings, and small.
    private func path(in settings: String, _ home: String) -> String? {
        guard let file = try? FileBytes(path: settings, limit: 64 << 10) else { return nil }
        let (start, place) = ("\(key)=\"", "$HOME")
        let lines = file.withBytes { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
        guard let line = lines.last(where: { $0.hasPrefix(start) }),
            let end = line.dropFirst(start.count).firstIndex(of: "\"")
        else { return nil }
        let value = line[line.index(line.startIndex, offsetBy: start.count)..<end]
        if value == place || value.hasPrefix(place + "/") { return home + value.dropFirst(place.count) }
        return value.hasPrefix("/") ? String(value) : nil
    }
}
