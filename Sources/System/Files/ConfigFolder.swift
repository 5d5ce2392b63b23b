/// Where puppet's user keeps settings: `$XDG_CONFIG_HOME/puppet`.
///
/// - Parameter environment: of the process; `XDG_CONFIG_HOME` and `HOME` are read.
package func configFolder(_ environment: [String: String]) -> String {
    let home = environment["HOME"] ?? ""
    let config = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
    return "\(config)/puppet"
}
