/// One line of the user's settings.
struct Setting: Hashable {
    /// What it is for.
    enum Scope: Hashable {
        /// Live runs, and what `puppet calibrate` has in common with them.
        case general
        case command(String)
        /// Runs that begin with this avatar.
        case avatar(String)
    }

    enum Value: Hashable {
        /// A string or number, as it would be typed.
        case word(String)
        case words([String])
        case isOn(Bool)
        /// What no option takes.
        case other(String)
    }

    let scope: Scope
    /// An option's long name, without hyphens.
    let key: String
    let value: Value

    /// Tables and key, from the outside.
    var path: [String] {
        switch scope {
        case .general: [key]
        case .command(let name): [name, key]
        case .avatar(let name): [SettingsFile.avatars, name, key]
        }
    }
}
