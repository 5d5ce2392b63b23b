/// Where the desktop keeps the user's pictures: `XDG_PICTURES_DIR`, of the environment or of `user-dirs.dirs`, which
/// xdg-user-dirs writes; else ~/Pictures where there is one, else the user's own folder.
///
/// - Parameter environment: of the process; `XDG_PICTURES_DIR`, `XDG_CONFIG_HOME` and `HOME` are read.
package func picturesFolder(_ environment: [String: String]) -> String {
    func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    if let folder = absolute("XDG_PICTURES_DIR") { return folder }
    guard let home = absolute("HOME") else { return "." }
    let settings = "\(absolute("XDG_CONFIG_HOME") ?? "\(home)/.config")/user-dirs.dirs"
    if let folder = pictures(in: settings, home) { return folder }
    return (try? FileKind(path: "\(home)/Pictures")) == .folder ? "\(home)/Pictures" : home
}

/// What a line such as `XDG_PICTURES_DIR="$HOME/Bilder"` says. The file is one of the user's settings, and small.
private func pictures(in settings: String, _ home: String) -> String? {
    guard let file = try? FileBytes(path: settings, limit: 64 << 10) else { return nil }
    let (key, place) = ("XDG_PICTURES_DIR=\"", "$HOME")
    let lines = file.withBytes { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
    guard let line = lines.last(where: { $0.hasPrefix(key) }), let end = line.dropFirst(key.count).firstIndex(of: "\"")
    else { return nil }
    let value = line[line.index(line.startIndex, offsetBy: key.count)..<end]
    if value == place || value.hasPrefix(place + "/") { return home + value.dropFirst(place.count) }
    return value.hasPrefix("/") ? String(value) : nil
}
